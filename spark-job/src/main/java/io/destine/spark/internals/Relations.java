package io.destine.spark.internals;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.catalog.CatalogTablePartition;
import org.apache.spark.sql.catalyst.catalog.HiveTableRelation;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.plans.logical.Filter;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.SubqueryAlias;
import org.apache.spark.sql.execution.datasources.HadoopFsRelation;
import org.apache.spark.sql.execution.datasources.LogicalRelation;
import org.apache.spark.sql.execution.datasources.v2.DataSourceV2Relation;
import scala.Option;
import scala.collection.Iterator;

/** Information about the relations of a table, from its plan. */
public final class Relations {
  private Relations() {}

  /**
   * Columns from the names of directories.
   *
   * @param names in order
   * @param overlap true if the files also contain one of them
   */
  public record PartitionColumns(List<String> names, boolean overlap) {}

  /** The condition by which the rows of a table have been filtered, if any. */
  public static Optional<Expression> condition(Dataset<?> rows) {
    return rows.queryExecution().analyzed() instanceof Filter filter
        ? Optional.of(filter.condition())
        : Optional.empty();
  }

  /** The partition columns of files read by path. */
  public static PartitionColumns partitionColumns(Dataset<?> files) {
    return files.queryExecution().analyzed() instanceof LogicalRelation relation
            && relation.relation() instanceof HadoopFsRelation found
        ? new PartitionColumns(
            List.of(found.partitionSchema().fieldNames()), !found.overlappedPartCols().isEmpty())
        : new PartitionColumns(List.of(), false);
  }

  /** True for a plain reference to a Delta table, from a catalog or by path. */
  public static boolean isDelta(Dataset<?> table) {
    return unnamed(table) instanceof LogicalRelation relation
        && relation.relation() instanceof HadoopFsRelation found
        && found.location().getClass().getName().startsWith("org.apache.spark.sql.delta.");
  }

  /** The plan of a table without its subquery aliases. */
  private static LogicalPlan unnamed(Dataset<?> table) {
    LogicalPlan plan = table.queryExecution().analyzed();
    while (plan instanceof SubqueryAlias alias) {
      plan = alias.child();
    }
    return plan;
  }

  /**
   * The properties of a catalog table, such as Iceberg's.
   *
   * @param table a plain reference by name
   * @return empty for a view and for a table of Spark's own catalog
   */
  public static Optional<Map<String, String>> properties(Dataset<?> table) {
    return unnamed(table) instanceof DataSourceV2Relation relation
        ? Optional.of(relation.table().properties())
        : Optional.empty();
  }

  /**
   * The directories of a table read by Hive's own code, such as a table stored as text: the
   * directories of the partitions that the query needs.
   *
   * @return empty if there is no such table in the query
   */
  public static Optional<List<URI>> hiveDirectories(Dataset<?> table) {
    return hive(table.queryExecution().optimizedPlan())
        .map(relation -> directories(table.queryExecution().sparkSession(), relation));
  }

  private static Optional<HiveTableRelation> hive(LogicalPlan plan) {
    if (plan instanceof HiveTableRelation relation) {
      return Optional.of(relation);
    }
    Iterator<LogicalPlan> children = plan.children().iterator();
    while (children.hasNext()) {
      Optional<HiveTableRelation> found = hive(children.next());
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private static List<URI> directories(SparkSession spark, HiveTableRelation relation) {
    if (!relation.isPartitioned()) {
      return List.of(relation.tableMeta().location());
    }
    Iterator<CatalogTablePartition> partitions =
        (relation.prunedPartitions().isDefined()
                ? relation.prunedPartitions().get()
                : spark
                    .sessionState()
                    .catalog()
                    .listPartitions(relation.tableMeta().identifier(), Option.empty()))
            .iterator();
    List<URI> directories = new ArrayList<>();
    while (partitions.hasNext()) {
      directories.add(partitions.next().location());
    }
    return directories;
  }
}

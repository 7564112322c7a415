package io.destine.spark.internals;

import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.catalog.CatalogTable;
import org.apache.spark.sql.catalyst.catalog.CatalogTablePartition;
import org.apache.spark.sql.catalyst.catalog.HiveTableRelation;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.plans.logical.Filter;
import org.apache.spark.sql.catalyst.plans.logical.LocalRelation;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.OneRowRelation;
import org.apache.spark.sql.catalyst.plans.logical.Range;
import org.apache.spark.sql.catalyst.plans.logical.SubqueryAlias;
import org.apache.spark.sql.catalyst.plans.logical.View;
import org.apache.spark.sql.execution.FileRelation;
import org.apache.spark.sql.execution.datasources.HadoopFsRelation;
import org.apache.spark.sql.execution.datasources.LogicalRelation;
import org.apache.spark.sql.execution.datasources.v2.DataSourceV2Relation;
import org.apache.spark.sql.execution.datasources.v2.DataSourceV2ScanRelation;
import org.apache.spark.sql.execution.datasources.v2.FileTable;
import scala.Option;
import scala.collection.Iterator;
import scala.collection.JavaConverters;

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
   * The definitions of the views in a table's query: SQL text and columns; "" for a temporary view
   * that a program has created from a Dataset.
   */
  public static List<String> views(Dataset<?> table) {
    return nodes(table.queryExecution().analyzed())
        .filter(View.class::isInstance)
        .map(
            node -> {
              CatalogTable view = ((View) node).desc();
              return view.viewText().isEmpty()
                  ? ""
                  : view.viewText().get() + "\n" + view.schema().json();
            })
        .toList();
  }

  /**
   * The sources of a table's rows.
   *
   * @param urls of files
   * @param directories of tables read by Hive's own code, such as tables stored as text: those of
   *     the partitions that the query needs
   */
  public record Files(List<String> urls, List<URI> directories) {}

  /** The files of a table; empty if any of its rows may come from elsewhere. */
  public static Optional<Files> files(Dataset<?> table) {
    Set<String> urls = new LinkedHashSet<>();
    List<URI> directories = new ArrayList<>();
    List<LogicalPlan> leaves =
        nodes(table.queryExecution().optimizedPlan())
            .filter(node -> node.children().isEmpty())
            .toList();
    for (LogicalPlan leaf : leaves) {
      if (leaf instanceof HiveTableRelation relation) {
        directories.addAll(directories(table.queryExecution().sparkSession(), relation));
      } else if (leaf instanceof LogicalRelation relation
          && relation.relation() instanceof FileRelation found) {
        urls.addAll(List.of(found.inputFiles()));
      } else if (leaf instanceof DataSourceV2ScanRelation relation
          && relation.relation().table() instanceof FileTable found) {
        urls.addAll(List.of(found.fileIndex().inputFiles()));
      } else if (!(leaf instanceof LocalRelation
          || leaf instanceof OneRowRelation
          || leaf instanceof Range)) {
        return Optional.empty();
      }
    }
    return Optional.of(new Files(List.copyOf(urls), directories));
  }

  /** The nodes of a plan, with those of its subqueries. */
  private static Stream<LogicalPlan> nodes(LogicalPlan plan) {
    return Stream.concat(
        Stream.of(plan),
        Stream.of(plan.children(), plan.subqueries())
            .flatMap(plans -> JavaConverters.seqAsJavaList(plans).stream())
            .flatMap(Relations::nodes));
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

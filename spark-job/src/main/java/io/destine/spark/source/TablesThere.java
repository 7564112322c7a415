package io.destine.spark.source;

import io.destine.spark.conf.NearestName;
import io.destine.spark.conf.UserError;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Suggests existing tables if a table was not found in a catalog. */
final class TablesThere {
  private static final int SHOWN = 10;

  private TablesThere() {}

  /**
   * The error for a table that cannot be used.
   *
   * @param key of the setting that names the table
   */
  static RuntimeException refusal(SparkSession spark, String name, String key, Exception e) {
    if (e instanceof AnalysisException refused) {
      String error = String.valueOf(refused.getErrorClass());
      if (error.startsWith("TABLE_OR_VIEW_NOT_FOUND")
          || error.startsWith("SCHEMA_NOT_FOUND")
          || error.startsWith("REQUIRES_SINGLE_PART_NAMESPACE")
          || error.startsWith("_LEGACY_ERROR_TEMP")
          || missing(refused)) {
        return new UserError(key + ": table " + name + " not found" + near(spark, name));
      }
      return new UserError(key + ": table " + name + ": " + SourceFailure.firstLine(e));
    }
    return SourceFailure.of(e, "table " + name);
  }

  private static boolean missing(Exception e) {
    return String.valueOf(e.getMessage()).contains("cannot be found");
  }

  /** A phrase about the tables of the same database, the databases, or catalogs. */
  private static String near(SparkSession spark, String name) {
    try {
      return near(spark, CatalogTable.parts(name));
    } catch (Exception e) {
      return "";
    }
  }

  private static String near(SparkSession spark, List<String> parts) {
    String last = parts.get(parts.size() - 1);
    List<String> parents = parts.subList(0, parts.size() - 1);
    String hint = hive(spark);
    if (parents.isEmpty()) {
      List<String> tables = column(spark, "SHOW TABLES", "tableName");
      return in("database " + spark.catalog().currentDatabase(), tables, last) + hint;
    }
    String parent = CatalogTable.quoted(parents);
    try {
      List<String> tables = column(spark, "SHOW TABLES IN " + parent, "tableName");
      return in(String.join(".", parents), tables, last) + hint;
    } catch (Exception e) {
      // The database is missing: list the existing ones.
    }
    boolean catalog = parents.size() > 1 || known(spark, parents.get(0));
    if (!catalog) {
      List<String> databases = column(spark, "SHOW NAMESPACES", "namespace");
      return "; there is no database or catalog "
          + parents.get(0)
          + NearestName.suggestion(parents.get(0), databases)
          + "; databases: "
          + shown(databases)
          + hint;
    }
    if (!known(spark, parents.get(0))) {
      return "; there is no catalog "
          + parents.get(0)
          + "; define it with the setting "
          + key(parents.get(0));
    }
    List<String> databases =
        column(
            spark, "SHOW NAMESPACES IN " + CatalogTable.quoted(parents.subList(0, 1)), "namespace");
    return "; catalog " + parents.get(0) + " has the databases " + shown(databases);
  }

  private static boolean known(SparkSession spark, String catalog) {
    // The session's own catalog needs no setting.
    return catalog.equals("spark_catalog") || spark.conf().getOption(key(catalog)).isDefined();
  }

  private static String key(String catalog) {
    return "spark.sql.catalog." + catalog;
  }

  private static String in(String where, List<String> tables, String wanted) {
    return tables.isEmpty()
        ? "; there are no tables in " + where
        : NearestName.suggestion(wanted, tables) + "; tables in " + where + ": " + shown(tables);
  }

  private static String shown(List<String> names) {
    String text = String.join(", ", names.subList(0, Math.min(SHOWN, names.size())));
    return names.size() > SHOWN ? text + " and " + (names.size() - SHOWN) + " more" : text;
  }

  private static List<String> column(SparkSession spark, String sql, String column) {
    return spark.sql(sql).select(column).collectAsList().stream()
        .map((Row row) -> row.getString(0))
        .sorted()
        .toList();
  }

  /** Advice for a session without Hive's metastore. */
  private static String hive(SparkSession spark) {
    String catalog = spark.conf().get("spark.sql.catalogImplementation", "in-memory");
    return catalog.toLowerCase(Locale.ROOT).equals("hive")
        ? ""
        : "; this session has no Hive metastore: "
            + (HiveSupport.present()
                ? "spark.sql.catalogImplementation is " + catalog
                : "Spark's Hive jars (spark-hive) are not on its class path");
  }
}

package io.destine.spark.source;

import io.destine.spark.conf.SourceConfig;
import io.destine.spark.conf.UserError;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.parser.CatalystSqlParser$;
import org.apache.spark.sql.catalyst.parser.ParseException;
import org.apache.spark.sql.functions;
import scala.collection.Iterator;

/**
 * A table in a Spark catalog, in its current state. Iceberg and Delta tables have snapshots; other
 * tables are treated as having none.
 */
public final class CatalogTable {
  private static final int SNAPSHOTS_SHOWN = 5;

  private final SparkSession spark;
  private final String name;
  private final String quoted;

  private final Optional<SnapshotLog> log;

  private CatalogTable(SparkSession spark, String name, String quoted) {
    this.spark = spark;
    this.name = name;
    this.quoted = quoted;
    log = SnapshotLog.of(spark, quoted);
  }

  /**
   * The table with a name. Spark's cached data of the table is refreshed.
   *
   * @param name as in SQL: one or several parts, in backticks if they contain special characters
   * @throws UserError if the table does not exist
   */
  public static CatalogTable of(SparkSession spark, String name) {
    return of(spark, name, "source.table");
  }

  /** The table given by a setting, see {@link #of(SparkSession, String)}. */
  public static CatalogTable of(SparkSession spark, String name, String key) {
    try {
      String quoted = quoted(name);
      spark.sql("REFRESH TABLE " + quoted);
      return new CatalogTable(spark, name, quoted);
    } catch (Exception e) {
      throw TablesThere.refusal(spark, name, key, e);
    }
  }

  /** The name with each part in backticks, for use in any SQL. */
  private static String quoted(String name) throws ParseException {
    return quoted(parts(name));
  }

  static String quoted(List<String> parts) {
    return String.join(
        ".", parts.stream().map(part -> "`" + part.replace("`", "``") + "`").toList());
  }

  /** The parts of a name, by the rules of SQL. */
  static List<String> parts(String name) throws ParseException {
    List<String> parts = new ArrayList<>();
    Iterator<String> all = CatalystSqlParser$.MODULE$.parseMultipartIdentifier(name).iterator();
    while (all.hasNext()) {
      parts.add(all.next());
    }
    return parts;
  }

  /**
   * The snapshot selected by a configuration: by id, tag, branch or time, otherwise the current
   * one.
   *
   * @return empty if the table does not support snapshots or has none yet
   * @throws UserError if the table has snapshots, but not the selected one
   */
  public Optional<TableSnapshot> snapshot(SourceConfig config) {
    if (log.isEmpty()) {
      return Optional.empty();
    }
    SnapshotLog snapshots = log.get();
    Optional<String> id =
        config.rows().versionAsOf().isPresent()
            ? config.rows().versionAsOf().map(version -> named(snapshots, version))
            : config.rows().timestampAsOf().isPresent()
                ? config.rows().timestampAsOf().map(time -> at(snapshots, time))
                : snapshots.current();
    return id.map(found -> committed(snapshots, found));
  }

  /**
   * Resolves a version: a number is an id, as in the formats themselves; anything else names a tag
   * or branch.
   */
  private String named(SnapshotLog snapshots, String version) {
    if (version.matches("-?\\d+")) {
      return version;
    }
    Map<String, String> names = snapshots.names();
    if (!names.containsKey(version)) {
      throw new UserError(
          "source.version-as-of: table "
              + name
              + " has no tag or branch \""
              + version
              + "\"; it has "
              + (names.isEmpty() ? "none" : String.join(", ", names.keySet())));
    }
    return names.get(version);
  }

  private String at(SnapshotLog snapshots, String timestamp) {
    Column time = functions.expr("try_cast(" + literal(timestamp) + " AS TIMESTAMP)");
    if (spark.range(1).select(time).first().isNullAt(0)) {
      throw new UserError(
          "source.timestamp-as-of: \""
              + timestamp
              + "\" is not a time; write it as 2026-11-24 03:00:00");
    }
    return snapshots
        .history()
        .where(functions.col(SnapshotLog.TIME).leq(time))
        .orderBy(functions.col(SnapshotLog.TIME).desc())
        .takeAsList(1)
        .stream()
        .findFirst()
        .map(row -> row.<String>getAs(SnapshotLog.ID))
        .orElseThrow(
            () ->
                new UserError(
                    "source.timestamp-as-of: table "
                        + name
                        + " had no snapshot at "
                        + timestamp
                        + texts(
                            "its first one is from ",
                            snapshots.history().selectExpr("string(min(time))"))));
  }

  private TableSnapshot committed(SnapshotLog snapshots, String id) {
    return snapshots
        .snapshots()
        .where(functions.col(SnapshotLog.ID).equalTo(id))
        .collectAsList()
        .stream()
        .findFirst()
        .map(row -> new TableSnapshot(name, id, row.<Timestamp>getAs(SnapshotLog.TIME).toInstant()))
        .orElseThrow(
            () ->
                new UserError(
                    "source.version-as-of: table "
                        + name
                        + " has no snapshot "
                        + id
                        + " (any more)"
                        + texts(
                            "its newest snapshots are ",
                            snapshots
                                .snapshots()
                                .orderBy(functions.col(SnapshotLog.TIME).desc())
                                .limit(SNAPSHOTS_SHOWN)
                                .selectExpr("concat(id, ' of ', string(time))"))));
  }

  /** The end of a message: the texts of a column, or the words for a column without texts. */
  private static String texts(String before, Dataset<Row> column) {
    String texts =
        column.collectAsList().stream()
            .filter(row -> !row.isNullAt(0))
            .map(row -> row.getString(0))
            .collect(Collectors.joining(", "));
    return "; " + (texts.isEmpty() ? "it has none" : before + texts);
  }

  private static String literal(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }

  /**
   * The rows selected by a configuration.
   *
   * @param snapshot of the rows, from {@link #snapshot}
   * @param key of the conditions, for messages
   * @throws UserError if a condition is not valid SQL or names a missing column
   */
  public Dataset<Row> rows(SourceConfig config, Optional<TableSnapshot> snapshot, String key) {
    Dataset<Row> rows;
    try {
      rows = snapshot.isPresent() ? asOf("VERSION", snapshot.get().id()) : state(config);
    } catch (Exception e) {
      throw TablesThere.refusal(spark, name, "source.table", e);
    }
    if (config.rows().where().isEmpty()) {
      return rows;
    }
    String where = String.join(" or ", config.rows().where());
    Dataset<Row> filtered;
    try {
      filtered =
          rows.where(
              config.rows().where().stream().map(functions::expr).reduce(Column::or).orElseThrow());
    } catch (Exception e) {
      throw condition(key, where, e);
    }
    new Condition(key, where).requireSameEachTime(filtered);
    return filtered;
  }

  /** The metadata column with the file of a row; empty for a table without supported snapshots. */
  public Optional<String> fileColumn() {
    return log.map(SnapshotLog::file);
  }

  /**
   * The names of its partitions, in order, such as {@code day=2026-03-01}, or JSON for tables of
   * Iceberg and Delta; empty if it has none.
   */
  public List<String> partitions() {
    try {
      Dataset<Row> names =
          log.isPresent() ? log.get().partitions() : spark.sql("SHOW PARTITIONS " + quoted);
      return names.collectAsList().stream().map(row -> row.getString(0)).sorted().toList();
    } catch (Exception e) {
      // A table without partitions, so there are no names.
      return List.of();
    }
  }

  /** The error for an invalid SQL condition on the rows. */
  public UserError condition(String key, String text, Exception e) {
    return new UserError(
        key + " = \"" + text + "\": on table " + name + ": " + SourceFailure.firstLine(e));
  }

  /** For tables without supported snapshots, Spark itself resolves the version. */
  private Dataset<Row> state(SourceConfig config) {
    if (config.rows().versionAsOf().isPresent()) {
      return asOf("VERSION", literal(config.rows().versionAsOf().get()));
    }
    return config.rows().timestampAsOf().isPresent()
        ? asOf("TIMESTAMP", literal(config.rows().timestampAsOf().get()))
        : spark.table(quoted);
  }

  private Dataset<Row> asOf(String what, String value) {
    return spark.sql("SELECT * FROM " + quoted + " " + what + " AS OF " + value);
  }
}

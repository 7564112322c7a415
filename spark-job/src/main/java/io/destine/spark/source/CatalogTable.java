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
 * A table that a catalog of Spark knows by name, as the catalog has it now. Tables of Iceberg and
 * of Delta have snapshots; other tables have none here.
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
   * The table of a name. Spark's cached data of it is read again.
   *
   * @param name as in SQL: of one or several parts, in backticks where they hold other characters
   * @throws UserError when there is no such table
   */
  public static CatalogTable of(SparkSession spark, String name) {
    return of(spark, name, "source.table");
  }

  /** The table that a setting names, see {@link #of(SparkSession, String)}. */
  public static CatalogTable of(SparkSession spark, String name, String key) {
    try {
      String quoted = quoted(name);
      spark.sql("REFRESH TABLE " + quoted);
      return new CatalogTable(spark, name, quoted);
    } catch (Exception e) {
      throw TablesThere.refusal(spark, name, key, e);
    }
  }

  /** The name with each of its parts in backticks, so that it can stand in any SQL. */
  private static String quoted(String name) throws ParseException {
    return quoted(parts(name));
  }

  static String quoted(List<String> parts) {
    return String.join(
        ".", parts.stream().map(part -> "`" + part.replace("`", "``") + "`").toList());
  }

  /** The parts of a name as SQL reads it. */
  static List<String> parts(String name) throws ParseException {
    List<String> parts = new ArrayList<>();
    Iterator<String> all = CatalystSqlParser$.MODULE$.parseMultipartIdentifier(name).iterator();
    while (all.hasNext()) {
      parts.add(all.next());
    }
    return parts;
  }

  /**
   * The snapshot that a configuration asks for: by id, tag, branch or time, otherwise the current
   * one.
   *
   * @return empty when the table has no snapshots, or not yet one
   * @throws UserError when the table has snapshots, but not the one that is asked for
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

  /** A number is an id, as the formats themselves take it; anything else names a tag or branch. */
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
                        + "; its first one is of "
                        + texts(snapshots.history().selectExpr("string(min(time))"))));
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
                        + ", or no longer; the newest it has are "
                        + texts(
                            snapshots
                                .snapshots()
                                .orderBy(functions.col(SnapshotLog.TIME).desc())
                                .limit(SNAPSHOTS_SHOWN)
                                .selectExpr("concat(id, ' of ', string(time))"))));
  }

  private static String texts(Dataset<Row> column) {
    return column.collectAsList().stream()
        .map(row -> row.getString(0))
        .collect(Collectors.joining(", "));
  }

  private static String literal(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }

  /**
   * The rows that a configuration asks for.
   *
   * @param snapshot that they are of, as {@link #snapshot} gives it
   * @param key of the conditions, for messages
   * @throws UserError when a condition is no SQL, or names a column that is not there
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

  /** The column of the files of rows; empty for a table whose snapshots are not known here. */
  public Optional<String> fileColumn() {
    return log.map(SnapshotLog::file);
  }

  /** The names of its partitions, such as {@code day=2026-03-01}, in order; none without any. */
  public List<String> partitions() {
    try {
      Dataset<Row> names =
          log.isPresent() ? log.get().partitions() : spark.sql("SHOW PARTITIONS " + quoted);
      return names.collectAsList().stream().map(row -> row.getString(0)).sorted().toList();
    } catch (Exception e) {
      // A table without partitions: names tell nothing.
      return List.of();
    }
  }

  /** The problem of an SQL condition on the rows. */
  public UserError condition(String key, String text, Exception e) {
    return new UserError(
        key + " = \"" + text + "\": on table " + name + ": " + SourceFailure.firstLine(e));
  }

  /** Of tables without snapshots that are known here, Spark itself finds the state. */
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

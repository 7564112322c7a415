package io.destine.spark.source;

import io.destine.spark.internals.Relations;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/** The snapshots of a table, as recorded by its format. */
interface SnapshotLog {
  /** Id of a snapshot, a text. */
  String ID = "id";

  /** Time of a commit. */
  String TIME = "time";

  /** Id of the current snapshot; empty if there is none yet. */
  Optional<String> current();

  /** All snapshots: {@link #ID} and the {@link #TIME} of the commit. */
  Dataset<Row> snapshots();

  /**
   * The history of current snapshots: {@link #ID} and the {@link #TIME} at which each became
   * current.
   */
  Dataset<Row> history();

  /** Tags and branches by name, with the ids of their snapshots. */
  Map<String, String> names();

  /** Names of the partitions, in any order. */
  Dataset<Row> partitions();

  /** The metadata column with the file of a row. */
  String file();

  /**
   * The log of a table.
   *
   * @param quoted name of the table
   * @return empty for a table of a format without snapshots
   */
  static Optional<SnapshotLog> of(SparkSession spark, String quoted) {
    Dataset<Row> table = spark.table(quoted);
    if (Relations.isDelta(table)) {
      return Optional.of(new Delta(spark, quoted));
    }
    return Relations.properties(table)
        .filter(all -> "iceberg".equals(all.get("provider")))
        .map(all -> new Iceberg(spark, quoted, all.get("current-snapshot-id")));
  }

  /**
   * Iceberg, whose metadata tables list snapshots.
   *
   * @param id of the current snapshot, or "none"
   */
  record Iceberg(SparkSession spark, String quoted, String id) implements SnapshotLog {
    @Override
    public Optional<String> current() {
      return Optional.of(id).filter(any -> !any.equals("none"));
    }

    @Override
    public Dataset<Row> snapshots() {
      return metadata("snapshots").selectExpr("string(snapshot_id) AS id", "committed_at AS time");
    }

    @Override
    public Dataset<Row> history() {
      return metadata("history").selectExpr("string(snapshot_id) AS id", "made_current_at AS time");
    }

    @Override
    public Map<String, String> names() {
      Map<String, String> names = new TreeMap<>();
      metadata("refs")
          .selectExpr("name", "string(snapshot_id)")
          .collectAsList()
          .forEach(row -> names.put(row.getString(0), row.getString(1)));
      return names;
    }

    @Override
    public Dataset<Row> partitions() {
      return metadata("partitions").selectExpr("to_json(partition)");
    }

    @Override
    public String file() {
      return "_file";
    }

    private Dataset<Row> metadata(String table) {
      return spark.table(quoted + ".`" + table + "`");
    }
  }

  /** Delta, whose snapshots are numbered versions without names. */
  record Delta(SparkSession spark, String quoted) implements SnapshotLog {
    @Override
    public Optional<String> current() {
      return spark.sql("DESCRIBE HISTORY " + quoted + " LIMIT 1").collectAsList().stream()
          .map(row -> String.valueOf(row.<Long>getAs("version")))
          .findFirst();
    }

    @Override
    public Dataset<Row> snapshots() {
      return spark
          .sql("DESCRIBE HISTORY " + quoted)
          .selectExpr("string(version) AS id", "timestamp AS time");
    }

    @Override
    public Dataset<Row> history() {
      return snapshots();
    }

    @Override
    public Map<String, String> names() {
      return Map.of();
    }

    @Override
    public Dataset<Row> partitions() {
      List<String> columns =
          spark.sql("DESCRIBE DETAIL " + quoted).select("partitionColumns").first().getList(0);
      if (columns.isEmpty()) {
        return spark.sql("SELECT '' WHERE false");
      }
      return spark
          .table(quoted)
          .select(columns.stream().map(functions::col).toArray(Column[]::new))
          .distinct()
          .selectExpr("to_json(struct(*))");
    }

    @Override
    public String file() {
      return "_metadata.file_path";
    }
  }
}

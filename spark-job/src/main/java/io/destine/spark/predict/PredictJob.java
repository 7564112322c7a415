package io.destine.spark.predict;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;

import io.destine.feature.FieldSpec;
import io.destine.spark.conf.UserError;
import io.destine.spark.encode.RowEncoder;
import io.destine.spark.encode.StoredVocabulary;
import io.destine.spark.source.RowRecord;
import io.destine.spark.source.SourceTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/**
 * Adds the model's probability to every row of a table. Rows that cannot be encoded go to the
 * output's {@code _quarantine} directory with their reason, never away.
 */
public final class PredictJob {
  /** Column of the probability that the label is 1. */
  public static final String PROBABILITY = "probability";

  private static final String REASON = "_reason";
  private static final List<String> FORMATS = List.of("parquet", "orc", "csv", "json");

  private final SparkSession spark;
  private final LoadedModel model;

  /** Scores with the given model. */
  public PredictJob(SparkSession spark, LoadedModel model) {
    this.spark = spark;
    this.model = model;
  }

  /**
   * What came out.
   *
   * @param rows scored
   * @param badRows in quarantine
   */
  public record Outcome(long rows, long badRows) {}

  /**
   * Scores the configured source and writes it, with a column {@value #PROBABILITY} added.
   *
   * @param output directory to write to
   * @param format of the output, as Spark names it
   * @param overwrite replace what is there
   * @throws UserError when the source lacks a column, or the output exists
   */
  public Outcome run(String output, String format, boolean overwrite) {
    Dataset<Row> table = new SourceTable(spark, model.config().source()).read();
    List<String> columns = List.of(table.columns());
    List<String> fields =
        model.vocabulary().fields().specs().stream().map(FieldSpec::column).toList();
    requireColumns(columns, fields);
    requireFormat(format);
    requireApart(output, table.inputFiles());
    if (!overwrite) {
      requireAbsent(output);
    }
    Dataset<Row> scored = score(table, columns, fields).persist(StorageLevel.MEMORY_AND_DISK());
    try {
      Dataset<Row> good = scored.filter(col(REASON).isNull()).drop(REASON, SourceTable.CORRUPT);
      good.write().mode(SaveMode.Overwrite).format(format).option("header", true).save(output);
      Dataset<Row> bad = scored.filter(col(REASON).isNotNull());
      long badRows = bad.count();
      if (badRows > 0) {
        Column[] raw = columns.stream().map(c -> col("`" + c + "`")).toArray(Column[]::new);
        bad.select(col(REASON).as("reason"), to_json(struct(raw)).as("raw"))
            .write()
            .mode(SaveMode.Overwrite)
            .json(output + "/_quarantine");
      }
      return new Outcome(scored.count() - badRows, badRows);
    } finally {
      scored.unpersist();
    }
  }

  private static void requireColumns(List<String> columns, List<String> fields) {
    List<String> problems = new ArrayList<>();
    for (String field : fields) {
      if (!columns.contains(field)) {
        problems.add("source: column " + field + " must exist, got " + columns);
      }
    }
    for (String added : List.of(PROBABILITY, REASON)) {
      if (columns.contains(added)) {
        problems.add("source: must not have a column " + added + ", which is added");
      }
    }
    if (!problems.isEmpty()) {
      throw new UserError(problems);
    }
  }

  private static void requireFormat(String format) {
    if (!FORMATS.contains(format)) {
      throw new UserError("--format must be one of " + FORMATS + ", got " + format);
    }
  }

  /** Overwriting the input, or a directory that holds it, would lose it before it is read. */
  private void requireApart(String output, String[] inputFiles) {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    try {
      String target = qualified(output, hadoop);
      for (String file : inputFiles) {
        String source = qualified(file, hadoop);
        if (source.equals(target) || source.startsWith(target + "/")) {
          throw new UserError("--output must not hold the rows to be scored, got " + output);
        }
      }
      if (qualified(model.directory(), hadoop).startsWith(target)) {
        throw new UserError("--output must not hold the model, got " + output);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot look for " + output + ": " + e, e);
    }
  }

  private static String qualified(String path, Configuration hadoop) throws IOException {
    Path parsed = new Path(path);
    return parsed.getFileSystem(hadoop).makeQualified(parsed).toUri().getPath();
  }

  private void requireAbsent(String output) {
    Path path = new Path(output);
    try {
      if (path.getFileSystem(spark.sparkContext().hadoopConfiguration()).exists(path)) {
        throw new UserError("--output must not exist yet, or --overwrite be given, got " + output);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot look for " + output + ": " + e, e);
    }
  }

  private Dataset<Row> score(Dataset<Row> table, List<String> columns, List<String> fields) {
    StructType schema =
        table.schema().add(PROBABILITY, DataTypes.DoubleType).add(REASON, DataTypes.StringType);
    StoredVocabulary vocabulary = model.vocabulary();
    BlockScorer scorer = model.scorer();
    int[] places = RowRecord.columns(fields, columns);
    int corrupt = columns.indexOf(SourceTable.CORRUPT);
    MapPartitionsFunction<Row, Row> add =
        rows ->
            new ScoredIterator(rows, new RowEncoder(vocabulary.encoder(), places), corrupt, scorer);
    return table.mapPartitions(add, Encoders.row(schema));
  }

  /** The values of a row with others appended. */
  static Object[] append(Row row, Object... more) {
    Object[] values = new Object[row.size()];
    Arrays.setAll(values, row::get);
    return Stream.concat(Arrays.stream(values), Arrays.stream(more)).toArray();
  }
}

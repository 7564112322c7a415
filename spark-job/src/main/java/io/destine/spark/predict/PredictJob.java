package io.destine.spark.predict;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.feature.FieldSpec;
import io.destine.spark.conf.NearestName;
import io.destine.spark.conf.SourceConfig;
import io.destine.spark.conf.UserError;
import io.destine.spark.encode.RowEncoder;
import io.destine.spark.encode.StoredVocabulary;
import io.destine.spark.sink.TableFormat;
import io.destine.spark.sink.TableOutput;
import io.destine.spark.source.NamedRows;
import io.destine.spark.source.RowRecord;
import io.destine.spark.source.SourceTable;
import io.destine.spark.source.SourceValues;
import io.destine.spark.source.TableSchema;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.CollectionAccumulator;
import org.apache.spark.util.LongAccumulator;

/**
 * Adds the model's probability to every row of a table. A row that cannot be read keeps its place;
 * it has no probability but the reason why.
 */
public final class PredictJob {
  /** Column of the probability that the label is 1; null where there is a reason. */
  public static final String PROBABILITY = "probability";

  /** Column of why there is no probability; null where there is one. */
  public static final String REASON = "probability_reason";

  private static final int COLUMNS_SHOWN = 30;

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
   * @param rows all rows, those of the input
   * @param withoutProbability those of them that could not be read
   * @param reason why one of them could not
   */
  public record Outcome(long rows, long withoutProbability, Optional<String> reason) {}

  /**
   * Scores the configured source and writes it with the columns {@value #PROBABILITY} and {@value
   * #REASON} added.
   *
   * @param output where {@link TableOutput#begin} has been called
   * @throws UserError when the source cannot be read, lacks a column, has one that does not fit
   *     into the format, or is where the output is to be
   */
  public Outcome run(TableOutput output, TableFormat format) {
    Dataset<Row> table = new SourceTable(spark, model.config().source()).read();
    requireColumns(List.of(table.columns()));
    new TableSchema(table.schema(), model.config().source(), sourceName())
        .check(model.vocabulary().fields().specs());
    StructType schema = scoredSchema(table.schema());
    format.require(schema);
    requireApart(output, table.inputFiles());
    // Tasks of the last stage count once each, repeated and speculative ones included.
    LongAccumulator rows = spark.sparkContext().longAccumulator();
    LongAccumulator unread = spark.sparkContext().longAccumulator();
    CollectionAccumulator<String> reasons = spark.sparkContext().collectionAccumulator();
    ScoreCounts counts = new ScoreCounts(rows, unread, reasons);
    output.write(score(table, schema, counts), format);
    Outcome outcome =
        new Outcome(rows.value(), unread.value(), reasons.value().stream().min(String::compareTo));
    ObjectNode facts = JsonNodeFactory.instance.objectNode();
    facts.put("model", model.directory());
    facts.put("format", format.spark());
    facts.put("rows", outcome.rows());
    facts.put("rows_without_probability", outcome.withoutProbability());
    output.commit(facts);
    return outcome;
  }

  private void requireColumns(List<String> columns) {
    List<String> problems = new ArrayList<>();
    for (FieldSpec field : model.vocabulary().fields().specs()) {
      if (!columns.contains(field.column())) {
        problems.add(
            String.format(
                "column \"%s\" not found in %s; columns: %s%s",
                field.column(),
                sourceName(),
                listed(columns),
                NearestName.suggestion(field.column(), columns)));
      }
    }
    for (String column : columns) {
      for (String added : List.of(PROBABILITY, REASON)) {
        // Spark's writers take names that differ in case for the same.
        if (column.equalsIgnoreCase(added)) {
          problems.add(
              String.format(
                  "%s has a column \"%s\", a name that predict gives to a column of its own;"
                      + " rename it",
                  sourceName(), column));
        }
      }
    }
    if (!problems.isEmpty()) {
      throw new UserError(problems);
    }
  }

  private String sourceName() {
    SourceConfig source = model.config().source();
    return source.table().orElseGet(() -> String.join(", ", source.paths()));
  }

  private static String listed(List<String> columns) {
    List<String> shown = columns.stream().filter(c -> !c.equals(SourceTable.CORRUPT)).toList();
    return shown.size() <= COLUMNS_SHOWN
        ? String.join(", ", shown)
        : String.format(
            Locale.ROOT,
            "%s and %,d more",
            String.join(", ", shown.subList(0, COLUMNS_SHOWN)),
            shown.size() - COLUMNS_SHOWN);
  }

  /** Overwriting the input, or a directory that holds it, would lose it before it is read. */
  private void requireApart(TableOutput output, String[] inputFiles) {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    output.requireApart(hadoop, "model", model.directory());
    for (String path : model.config().source().paths()) {
      output.requireApart(hadoop, "input", path);
    }
    boolean table = model.config().source().table().isPresent();
    Stream.of(inputFiles)
        .map(URI::create)
        .flatMap(file -> table ? Stream.of(file, file.resolve(".")) : Stream.of(file))
        .distinct()
        .forEach(file -> output.requireApart(hadoop, "input", file));
  }

  private static StructType scoredSchema(StructType table) {
    StructType schema = new StructType();
    for (StructField field : table.fields()) {
      if (!field.name().equals(SourceTable.CORRUPT)) {
        schema = schema.add(field);
      }
    }
    return schema.add(PROBABILITY, DataTypes.DoubleType).add(REASON, DataTypes.StringType);
  }

  private Dataset<Row> score(Dataset<Row> table, StructType schema, ScoreCounts counts) {
    List<String> columns = List.of(table.columns());
    List<String> fields =
        model.vocabulary().fields().specs().stream().map(FieldSpec::column).toList();
    StoredVocabulary vocabulary = model.vocabulary();
    BlockScorer scorer = model.scorer();
    int[] places = RowRecord.columns(fields, columns);
    int corrupt = columns.indexOf(SourceTable.CORRUPT);
    SourceValues values = SourceValues.of(spark);
    MapPartitionsFunction<Row, Row> add =
        rows ->
            new ScoredIterator(
                new NamedRows<>(rows),
                new RowEncoder(vocabulary.encoder(), places, values),
                corrupt,
                scorer,
                counts);
    return table.mapPartitions(add, Encoders.row(schema));
  }
}

package io.destine.spark.predict;

import io.destine.feature.FieldSpec;
import io.destine.spark.conf.NearestName;
import io.destine.spark.conf.UserError;
import io.destine.spark.encode.RowEncoder;
import io.destine.spark.encode.StoredVocabulary;
import io.destine.spark.source.NamedRows;
import io.destine.spark.source.RowProgress;
import io.destine.spark.source.RowRecord;
import io.destine.spark.source.SourceTable;
import io.destine.spark.source.SourceValues;
import io.destine.spark.source.TableSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Adds a model's probabilities to the rows of a table. A row that cannot be read keeps its place;
 * it has no probability but the reason why.
 */
final class TableScorer {
  /** Column of the probability that the label is 1; null where there is a reason. */
  static final String PROBABILITY = "probability";

  /** Column of why there is no probability; null where there is one. */
  static final String REASON = "probability_reason";

  private static final int COLUMNS_SHOWN = 30;

  private final LoadedModel model;
  private final Dataset<Row> table;
  private final StructType schema;
  private final ScoreCounts counts;

  /**
   * Checks that a table can be scored.
   *
   * @param name of the table, for messages
   * @throws UserError when a column of a field is missing or does not fit, or a name is taken
   */
  TableScorer(LoadedModel model, Dataset<Row> table, String name) {
    this.model = model;
    this.table = table;
    requireColumns(List.of(table.columns()), name);
    new TableSchema(table.schema(), name).check(model.vocabulary().fields().specs());
    schema = scoredSchema(table.schema());
    SparkContext context = table.sparkSession().sparkContext();
    // Tasks of the last stage count once each, repeated and speculative ones included.
    counts =
        new ScoreCounts(
            context.longAccumulator(RowProgress.NAME),
            context.longAccumulator(),
            context.collectionAccumulator());
  }

  /** The columns of the scored rows. */
  StructType schema() {
    return schema;
  }

  /** The rows with their probabilities, lazily. */
  Dataset<Row> scored() {
    List<String> columns = List.of(table.columns());
    List<String> fields =
        model.vocabulary().fields().specs().stream().map(FieldSpec::column).toList();
    StoredVocabulary vocabulary = model.vocabulary();
    BlockScorer scorer = model.scorer();
    int[] places = RowRecord.columns(fields, columns);
    int corrupt = columns.indexOf(SourceTable.CORRUPT);
    ScoreCounts of = counts;
    SourceValues values = SourceValues.of(table.sparkSession());
    MapPartitionsFunction<Row, Row> add =
        rows ->
            new ScoredIterator(
                new NamedRows<>(rows),
                new RowEncoder(vocabulary.encoder(), places, values),
                corrupt,
                scorer,
                of);
    return table.mapPartitions(add, Encoders.row(schema));
  }

  /** Rows that have been scored. */
  long rows() {
    return counts.rows().value();
  }

  /** Those of them that could not be read. */
  long withoutProbability() {
    return counts.unread().value();
  }

  /** Why one of them could not, the first in alphabetical order. */
  Optional<String> reason() {
    return counts.reasons().value().stream().min(String::compareTo);
  }

  private void requireColumns(List<String> columns, String name) {
    List<String> problems = new ArrayList<>();
    for (FieldSpec field : model.vocabulary().fields().specs()) {
      if (!columns.contains(field.column())) {
        problems.add(
            String.format(
                "column \"%s\" not found in %s; columns: %s%s",
                field.column(),
                name,
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
                  name, column));
        }
      }
    }
    if (!problems.isEmpty()) {
      throw new UserError(problems);
    }
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

  private static StructType scoredSchema(StructType table) {
    StructType schema = new StructType();
    for (StructField field : table.fields()) {
      if (!field.name().equals(SourceTable.CORRUPT)) {
        schema = schema.add(field);
      }
    }
    return schema.add(PROBABILITY, DataTypes.DoubleType).add(REASON, DataTypes.StringType);
  }
}

package io.destine.spark.predict;

import io.destine.feature.FieldSpec;
import io.destine.spark.conf.NearestName;
import io.destine.spark.conf.UserError;
import io.destine.spark.encode.RowEncoder;
import io.destine.spark.encode.StoredVocabulary;
import io.destine.spark.evaluate.ScoreTask;
import io.destine.spark.source.NamedRows;
import io.destine.spark.source.RowRecord;
import io.destine.spark.source.SourceTable;
import io.destine.spark.source.SourceValues;
import io.destine.spark.source.TableSchema;
import io.destine.spark.source.UsedColumns;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.function.FilterFunction;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.RowOrdering;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.LongAccumulator;

/**
 * Adds a model's probabilities to the rows of a table. A row that cannot be read stays in the
 * result, with the reason instead of a probability.
 */
final class TableScorer {
  private static final int COLUMNS_SHOWN = 30;

  private final LoadedModel model;
  private final String name;
  private final PredictionSettings settings;

  /** The used columns of the table; the next fields define how its rows are scored. */
  private final Dataset<Row> table;

  private final ScoredLayout layout;
  private final StructType schema;
  private final SourceValues values;
  private final ScoreAccumulator scores = new ScoreAccumulator();
  private final LongAccumulator written;

  /**
   * Checks that a table can be scored.
   *
   * @param name of the table, for messages
   * @throws UserError if a column of a field is missing or has an unsuitable type, another column
   *     is missing, or a name is already used
   */
  TableScorer(LoadedModel model, Dataset<Row> table, String name, PredictionSettings settings) {
    this(model, table, name, settings, SourceValues.of(table.sparkSession()));
  }

  /** The same with the given conversion of values. */
  TableScorer(
      LoadedModel model,
      Dataset<Row> table,
      String name,
      PredictionSettings settings,
      SourceValues values) {
    this.model = model;
    this.values = values;
    this.name = name;
    this.settings = settings;
    Optional<List<String>> kept = requireColumns(table);
    new TableSchema(table.schema(), name).check(model.vocabulary().fields().ofLog());
    this.table = kept.map(names -> used(table, names)).orElse(table);
    List<String> columns = List.of(this.table.columns());
    int corrupt = columns.indexOf(SourceTable.CORRUPT);
    int[] places =
        kept.isPresent()
            ? kept.get().stream().mapToInt(columns::indexOf).toArray()
            : IntStream.range(0, columns.size()).filter(c -> c != corrupt).toArray();
    int by = settings.top().flatMap(TopRows::by).map(columns::indexOf).orElse(-1);
    boolean ranked = settings.top().isPresent();
    layout =
        new ScoredLayout(
            places,
            corrupt,
            settings.score(),
            settings.reason() && !ranked,
            settings.explained().map(c -> ExplanationColumn.of(model, c.kept())).orElse(null),
            ranked,
            by);
    schema = writtenSchema();
    SparkContext context = table.sparkSession().sparkContext();
    context.register(scores);
    written = context.longAccumulator();
  }

  /** The columns of the written rows. */
  StructType schema() {
    return schema;
  }

  /** The rows with their probabilities, or only the best ones if requested; lazy. */
  Dataset<Row> scored() {
    List<String> fields =
        model.vocabulary().fields().ofLog().stream().map(FieldSpec::column).toList();
    StoredVocabulary vocabulary = model.vocabulary();
    ScoreTask scorer = model.scorer();
    int[] places = RowRecord.columns(fields, List.of(table.columns()));
    ScoredLayout of = layout;
    ScoreAccumulator into = scores;
    SourceValues values = this.values;
    List<String> columns = List.of(table.columns());
    Supplier<RowEncoder> encoders =
        (Supplier<RowEncoder> & Serializable)
            () -> new RowEncoder(vocabulary.encoder(), places, values);
    MapPartitionsFunction<Row, Row> add =
        rows ->
            new ScoredIterator(
                new NamedRows<>(rows),
                encoders.get(),
                of,
                scorer,
                of.explanation() == null
                    ? null
                    : of.explanation().task(encoders.get(), columns, scorer),
                into);
    if (settings.top().isEmpty()) {
      return table.mapPartitions(add, Encoders.row(schema));
    }
    TopRows top = settings.top().get();
    DataType by =
        layout.by() < 0 ? DataTypes.StringType : table.schema().apply(layout.by()).dataType();
    Dataset<Row> ranked = table.mapPartitions(add, Encoders.row(TopRows.schema(keptSchema(), by)));
    LongAccumulator count = written;
    FilterFunction<Row> counted =
        row -> {
          count.add(1L);
          return true;
        };
    return top.of(ranked).filter(counted).toDF(schema.fieldNames());
  }

  /** The result, after a job has read all rows. */
  PredictJob.Outcome outcome() {
    ScoreTotals totals = scores.value();
    return new PredictJob.Outcome(
        totals.rows(),
        settings.top().isPresent() ? written.value() : totals.rows(),
        totals.unread(),
        totals.reason(),
        totals.scores());
  }

  /**
   * Selects the used columns, so that columnar readers skip the others. If malformed rows are kept
   * as text, all columns are read: whether a line is malformed must not depend on the used columns.
   */
  private Dataset<Row> used(Dataset<Row> whole, List<String> kept) {
    if (List.of(whole.columns()).contains(SourceTable.CORRUPT)) {
      return whole;
    }
    Set<String> used = new HashSet<>(kept);
    model.vocabulary().fields().ofLog().forEach(field -> used.add(field.column()));
    settings.top().flatMap(TopRows::by).ifPresent(used::add);
    return UsedColumns.of(whole, used);
  }

  /** The names of the kept columns; empty for all columns. */
  private Optional<List<String>> requireColumns(Dataset<Row> whole) {
    List<String> columns = new ArrayList<>(List.of(whole.columns()));
    columns.remove(SourceTable.CORRUPT);
    List<String> problems = new ArrayList<>();
    // Several fields can be parts of one column.
    model.vocabulary().fields().ofLog().stream()
        .map(FieldSpec::column)
        .distinct()
        .filter(column -> !columns.contains(column))
        .forEach(column -> problems.add(missing("", column, columns)));
    Optional<List<String>> kept = settings.kept().map(texts -> names(texts, columns));
    kept.ifPresent(names -> requireOnce(names, columns, problems));
    settings.top().flatMap(TopRows::by).ifPresent(by -> requireGroups(by, whole, problems));
    for (String column : kept.orElse(columns)) {
      for (String added : settings.added()) {
        // Spark's writers treat names that differ only in case as the same.
        if (column.equalsIgnoreCase(added)) {
          problems.add(
              String.format(
                  "%s has a column \"%s\", which is the name of an output column of predict; rename"
                      + " it%s",
                  name,
                  column,
                  added.equals(PredictionSettings.RANK)
                      ? " or leave it out of --columns"
                      : " or choose another --probability-column"));
        }
      }
    }
    if (!problems.isEmpty()) {
      throw new UserError(problems);
    }
    return kept;
  }

  /** The names in texts; each text is a column or a comma-separated list of names. */
  private static List<String> names(List<String> texts, List<String> columns) {
    List<String> names = new ArrayList<>();
    for (String text : texts) {
      if (columns.contains(text)) {
        names.add(text);
      } else if (!text.isBlank()) {
        for (String part : text.split(",", -1)) {
          names.add(columns.contains(part) ? part : part.strip());
        }
      }
    }
    return names;
  }

  private void requireOnce(List<String> kept, List<String> columns, List<String> problems) {
    Set<String> seen = new HashSet<>();
    for (String column : kept) {
      if (!columns.contains(column)) {
        problems.add(missing("--columns: ", column, columns));
      } else if (!seen.add(column)) {
        problems.add("--columns names the column \"" + column + "\" twice");
      } else {
        requireOne("--columns: ", column, columns, problems);
      }
    }
  }

  private void requireOne(
      String option, String column, List<String> columns, List<String> problems) {
    int found = Collections.frequency(columns, column);
    if (found > 1) {
      problems.add(
          String.format(
              "%s%s has %d columns \"%s\"; rename all of them but one",
              option, name, found, column));
    }
  }

  private void requireGroups(String by, Dataset<Row> whole, List<String> problems) {
    List<String> columns = new ArrayList<>(List.of(whole.columns()));
    columns.remove(SourceTable.CORRUPT);
    if (!columns.contains(by)) {
      problems.add(missing("--by: ", by, columns));
      return;
    }
    requireOne("--by: ", by, columns, problems);
    DataType type = whole.schema().apply(columns.indexOf(by)).dataType();
    if (!RowOrdering.isOrderable(type)) {
      problems.add(
          String.format(
              "--by: column \"%s\" has type %s, whose values Spark cannot compare; name another"
                  + " column",
              by, type.simpleString()));
    }
  }

  private String missing(String option, String column, List<String> columns) {
    return String.format(
        "%scolumn \"%s\" not found in %s; columns: %s%s",
        option, column, name, listed(columns), NearestName.suggestion(column, columns));
  }

  private static String listed(List<String> columns) {
    return columns.size() <= COLUMNS_SHOWN
        ? String.join(", ", columns)
        : String.format(
            Locale.ROOT,
            "%s and %,d more",
            String.join(", ", columns.subList(0, COLUMNS_SHOWN)),
            columns.size() - COLUMNS_SHOWN);
  }

  private StructType keptSchema() {
    StructField[] all = table.schema().fields();
    StructType kept = new StructType();
    for (int place : layout.kept()) {
      kept = kept.add(all[place]);
    }
    return kept;
  }

  private StructType writtenSchema() {
    StructType written = keptSchema().add(settings.probability(), DataTypes.DoubleType);
    if (layout.ranked()) {
      return written.add(PredictionSettings.RANK, DataTypes.IntegerType);
    }
    if (layout.reason()) {
      written = written.add(settings.reasonColumn(), DataTypes.StringType);
    }
    Optional<String> explained = settings.explained().flatMap(LogitColumns::explanation);
    return explained.isPresent() ? written.add(explained.get(), LogitColumns.EXPLANATION) : written;
  }
}

package io.destine.spark.encode;

import io.destine.feature.FieldKind;
import io.destine.feature.FieldSpec;
import io.destine.feature.FittedFields;
import io.destine.feature.Transform;
import io.destine.spark.source.SourceParts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Fields whose kind or transform does not seem to fit their values: a line with a remedy for each.
 */
final class FieldDoubts {
  private static final int SAMPLE = 1000;

  /** A field with at most this many distinct values may be categorical. */
  private static final int FEW = 100;

  /**
   * Minimum share of points in time among a sample's non-missing values; the next constant is for
   * numbers with a fractional part.
   */
  private static final double MOST = 0.9;

  private static final double MANY = 0.5;

  private static final Pattern TIME =
      Pattern.compile("\\d{4}-\\d{2}-\\d{2}[T ]\\d{2}:\\d{2}.*|\\d{1,2}/\\d{1,2}/\\d{4} \\d.*");
  private static final Pattern FRACTION =
      Pattern.compile("[+-]?\\d*\\.\\d*[1-9]\\d*([eE][+-]?\\d+)?");

  private final FittedFields fields;
  private final long[] values;
  private final Optional<Dataset<Row>> table;
  private List<Row> sample;

  /**
   * Doubts about the fields of an encoding.
   *
   * @param source of the rows; the first rows are inspected
   * @param values [fields] number of values of each field that have their own ids
   */
  FieldDoubts(SourceParts source, FittedFields fields, long[] values) {
    this.fields = fields;
    this.values = values;
    table = source.parts().stream().findFirst().map(SourceParts.Part::table);
  }

  /**
   * Fields with fewer than two values in the vocabulary, and fields whose numbers have few ids
   * under their transform.
   */
  List<String> ofValues() {
    List<String> doubts = new ArrayList<>();
    for (int m = 0; m < values.length; m++) {
      FieldSpec field = fields.specs().get(m);
      boolean counted = field.hasIds() && !field.hashed();
      if (counted && values[m] <= 2 && isSquared(field) && sampled(field).distinct().count() > 2) {
        doubts.add(
            "field "
                + field.name()
                + ": transform = log-squared gives different numbers the same id (number of ids: "
                + values[m]
                + "); use transform = quantile");
      } else if (counted && values[m] < 2) {
        doubts.add(
            "field "
                + field.name()
                + ": number of values with an id of their own: "
                + values[m]
                + "; check vocabulary.min-count and max-frequency, or leave the field out");
      }
    }
    return doubts;
  }

  private static boolean isSquared(FieldSpec field) {
    return field.kind() == FieldKind.NUMERIC && field.transform() == Transform.LOG_SQUARED;
  }

  /**
   * Columns that {@code fields = "*"} has taken as categories although their many values look
   * continuous. These are points in time, if not all are in ISO 8601 format and no part of the time
   * is a field, and numbers with fractions mixed with other texts.
   */
  List<String> ofAllColumns() {
    List<String> doubts = new ArrayList<>();
    for (int m = 0; m < values.length; m++) {
      FieldSpec field = fields.specs().get(m);
      if (field.kind() != FieldKind.CATEGORICAL || field.hashed() || values[m] <= FEW) {
        continue;
      }
      if (share(field, TIME) >= MOST && !hasParts(field.column())) {
        doubts.add(
            String.format(
                Locale.ROOT,
                "field %s: %,d timestamps are separate categories, and later rows have other"
                    + " values; leave the column out, or use columns of its hour and weekday",
                field.name(),
                values[m]));
      } else if (share(field, FRACTION) >= MANY) {
        doubts.add(
            String.format(
                Locale.ROOT,
                "field %s: %,d numbers with fractions are separate categories; { name = %s,"
                    + " kind = numeric, transform = quantile } groups close numbers",
                field.name(),
                values[m],
                field.name()));
      }
    }
    return doubts;
  }

  private boolean hasParts(String column) {
    return fields.specs().stream()
        .anyMatch(spec -> spec.part() != null && spec.column().equals(column));
  }

  private double share(FieldSpec field, Pattern pattern) {
    List<String> texts = sampled(field).toList();
    long matching = texts.stream().filter(text -> pattern.matcher(text).matches()).count();
    return texts.isEmpty() ? 0 : (double) matching / texts.size();
  }

  /** Non-missing values of a field of the log in its first rows, as texts. */
  private Stream<String> sampled(FieldSpec field) {
    if (table.isEmpty() || field.table() != null) {
      return Stream.empty();
    }
    int at = Arrays.asList(table.get().schema().fieldNames()).indexOf(field.column());
    if (at < 0) {
      return Stream.empty();
    }
    if (sample == null) {
      sample = table.get().limit(SAMPLE).collectAsList();
    }
    return sample.stream()
        .map(row -> row.get(at))
        .filter(Objects::nonNull)
        .map(value -> value.toString().strip())
        .filter(text -> !text.isEmpty());
  }
}

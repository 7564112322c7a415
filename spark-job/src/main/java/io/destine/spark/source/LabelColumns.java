package io.destine.spark.source;

import io.destine.feature.ByteHash;
import io.destine.feature.FieldSpec;
import io.destine.feature.RawValues;
import io.destine.metric.WeightTotals;
import java.io.Serializable;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.sql.Row;

/** Where label, weight and group of a row are, and how they are read. */
public final class LabelColumns implements Serializable {
  private static final long serialVersionUID = 1;
  private static final FieldSpec GROUP = FieldSpec.categorical("group");

  private final int label;
  private final int weight;
  private final String weightName;
  private final int group;
  private final SourceValues values;

  private LabelColumns(int label, int weight, String weightName, int group, SourceValues values) {
    this.values = values;
    this.label = label;
    this.weight = weight;
    this.weightName = weightName;
    this.group = group;
  }

  /** The columns of the given names; weight and group may be absent. */
  static LabelColumns of(
      String label,
      Optional<String> weight,
      Optional<String> group,
      List<String> rowColumns,
      SourceValues values) {
    return new LabelColumns(
        rowColumns.indexOf(label),
        weight.map(rowColumns::indexOf).orElse(-1),
        weight.orElse(""),
        group.map(rowColumns::indexOf).orElse(-1),
        values);
  }

  /**
   * 0 or 1, from 0, 1, 0.0, 1.0, true or false.
   *
   * @throws IllegalArgumentException when it is something else
   */
  float label(Row row) {
    return label(row.get(label));
  }

  /** The label that a value stands for, as {@link #label(Row)}. */
  public static float label(Object raw) {
    String text = RawValues.text(raw);
    switch (text == null ? "nothing" : text.strip().toLowerCase(Locale.ROOT)) {
      case "0", "0.0", "false":
        return 0;
      case "1", "1.0", "true":
        return 1;
      default:
        throw new IllegalArgumentException(
            text == null
                ? "the label is missing"
                : "the label is \"" + text + "\"; labels are 0 and 1, or false and true");
    }
  }

  /**
   * 0 or a number in the range of weights; 1 without a weight column.
   *
   * @throws IllegalArgumentException when it is something else, naming the column
   */
  float weight(Row row) {
    return weight < 0 ? 1 : weight(weightName, row.get(weight));
  }

  /** The weight that a value of the named column stands for, as {@link #weight(Row)}. */
  public static float weight(String column, Object raw) {
    String text = RawValues.text(raw);
    double number = Double.NaN;
    try {
      number = text == null ? Double.NaN : Double.parseDouble(text);
    } catch (NumberFormatException e) {
      number = Double.NaN;
    }
    if (number == 0) {
      return 0;
    }
    if (!(number >= WeightTotals.LEAST && number <= WeightTotals.MOST)) {
      throw new IllegalArgumentException(
          "column \""
              + column
              + "\": weight "
              + (text == null ? "is missing" : text + " is not allowed")
              + "; a weight is 0 or a number from 1e-30 to 1e30");
    }
    return Float.parseFloat(text);
  }

  /**
   * A hash of the text by which a row is split, never 0; 0 when it is missing.
   *
   * @param column that holds it
   * @throws IllegalArgumentException naming the column when the value has no text of its own
   */
  public static long splitKey(FieldSpec column, Object raw) {
    String text = RawValues.text(column, raw);
    if (text == null) {
      return 0;
    }
    long hash = ByteHash.of(6, text);
    return hash == 0 ? 1 : hash;
  }

  /** A hash of the group's text, never 0; 0 without a group or a group column. */
  long group(Row row) {
    return group < 0 ? 0 : group(values.of(row.get(group)));
  }

  /** The group that a value stands for, as {@link #group(Row)}. */
  public static long group(Object raw) {
    String text = RawValues.text(GROUP, raw);
    if (text == null) {
      return 0;
    }
    long hash = ByteHash.of(5, text);
    return hash == 0 ? 1 : hash;
  }
}

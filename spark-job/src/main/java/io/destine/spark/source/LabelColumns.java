package io.destine.spark.source;

import io.destine.feature.ByteHash;
import io.destine.feature.FieldSpec;
import io.destine.feature.RawValues;
import io.destine.metric.WeightTotals;
import io.destine.spark.conf.LabelRule;
import java.util.Locale;

/** Parses the values of label, weight, split key and group columns. */
public final class LabelColumns {
  private LabelColumns() {}

  /**
   * 0 or 1, from 0, 1, 0.0, 1.0, true or false.
   *
   * @throws IllegalArgumentException when it is something else
   */
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
                : "the label is \""
                    + RawValues.shortened(text)
                    + "\"; labels are 0 and 1, or false and true");
    }
  }

  /** Neither 0 nor 1: the row is left out. */
  public static final float NEITHER = 2;

  /**
   * 0 or 1 by a rule, or {@link #NEITHER}.
   *
   * @throws IllegalArgumentException if the value is missing or the rule does not apply to it
   */
  public static float label(LabelRule rule, Object raw) {
    if (rule.plain()) {
      return label(raw);
    }
    String text = RawValues.text(raw);
    if (text == null) {
      throw new IllegalArgumentException("the label is missing");
    }
    if (!rule.values().isEmpty()) {
      return rule.values().contains(text.strip()) ? 1 : 0;
    }
    double number;
    try {
      number = Double.parseDouble(text.strip());
    } catch (NumberFormatException e) {
      number = Double.NaN;
    }
    if (Double.isNaN(number)) {
      throw new IllegalArgumentException(
          "the label is \""
              + RawValues.shortened(text)
              + "\"; with positive-from it must be a number");
    }
    return number >= rule.from() ? 1 : number > rule.to() ? NEITHER : 0;
  }

  /**
   * The weight of a value of the named column: 0 or a number in the range of weights.
   *
   * @throws IllegalArgumentException naming the column if it is something else
   */
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
              + (text == null ? "is missing" : RawValues.shortened(text) + " is not allowed")
              + "; a weight is 0 or a number from 1e-30 to 1e30");
    }
    return Float.parseFloat(text);
  }

  /**
   * A hash of the split key's text; never 0, except for a missing value.
   *
   * @param column of the key
   * @throws IllegalArgumentException naming the column if the value has no unique text
   */
  public static long splitKey(FieldSpec column, Object raw) {
    String text = RawValues.text(column, raw);
    if (text == null) {
      return 0;
    }
    long hash = ByteHash.of(6, text);
    return hash == 0 ? 1 : hash;
  }

  /**
   * A hash of the group's text; never 0, except for a missing value.
   *
   * @param column of the group
   * @throws IllegalArgumentException naming the column if the value has no unique text
   */
  public static long group(FieldSpec column, Object raw) {
    String text = RawValues.text(column, raw);
    if (text == null) {
      return 0;
    }
    long hash = ByteHash.of(5, text);
    return hash == 0 ? 1 : hash;
  }
}

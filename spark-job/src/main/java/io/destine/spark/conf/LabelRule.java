package io.destine.spark.conf;

import io.destine.config.SettingProblem;
import java.io.Serializable;
import java.util.List;

/**
 * Maps values of the label column to labels; without thresholds and texts, the values must be 0 and
 * 1, or true and false.
 *
 * @param from the smallest number with label 1; NaN for none
 * @param to the largest number with label 0; rows with numbers between the two are left out. NaN if
 *     all numbers below {@code from} have label 0
 * @param values the texts with label 1
 */
public record LabelRule(double from, double to, List<String> values) implements Serializable {
  /** 0 and 1, or false and true. */
  public static final LabelRule PLAIN = new LabelRule(Double.NaN, Double.NaN, List.of());

  public LabelRule {
    values = List.copyOf(values);
    if (!Double.isNaN(to) && !(to < from)) {
      throw SettingProblem.because(
          "negative-to", "only with positive-from, and below it; leave it out or lower it");
    }
    if (!Double.isNaN(from) && !values.isEmpty()) {
      throw SettingProblem.because(
          "positive-values", "given together with positive-from; leave one of them out");
    }
  }

  /** True if the values are 0 and 1, or false and true. */
  public boolean plain() {
    return Double.isNaN(from) && values.isEmpty();
  }
}

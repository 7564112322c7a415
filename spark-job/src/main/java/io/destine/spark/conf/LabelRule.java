package io.destine.spark.conf;

import io.destine.config.SettingProblem;
import java.io.Serializable;
import java.util.List;

/**
 * Which values of the label's column are label 1; without either of these 0 and 1, or true and
 * false, are.
 *
 * @param from the least number that is; NaN for none
 * @param to the largest number that is label 0, rows between the two being left out; NaN when all
 *     numbers below {@code from} are
 * @param values the texts that are
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

  /** True when labels are 0 and 1. */
  public boolean plain() {
    return Double.isNaN(from) && values.isEmpty();
  }
}

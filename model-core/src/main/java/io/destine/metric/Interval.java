package io.destine.metric;

import java.util.OptionalDouble;

/**
 * A 95 % confidence interval of a metric: an estimate plus and minus 1.96 standard errors, clipped
 * to the metric's range.
 *
 * @param low lower end
 * @param high upper end
 */
public record Interval(double low, double high) {
  /** The 97.5 % quantile of the normal distribution. */
  static final double QUANTILE = 1.959963984540054;

  /** The interval around an estimate whose standard error is known, within [least, most]. */
  public static Interval around(double estimate, double standardError, double least, double most) {
    double reach = QUANTILE * standardError;
    return new Interval(Math.max(least, estimate - reach), Math.min(most, estimate + reach));
  }

  /**
   * The root of a variance, or empty when the variance is 0 or not a number, so that no interval is
   * known.
   */
  static OptionalDouble standardError(double variance) {
    return variance > 0 && variance < Double.POSITIVE_INFINITY
        ? OptionalDouble.of(Math.sqrt(variance))
        : OptionalDouble.empty();
  }
}

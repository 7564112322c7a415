package io.destine.metric;

/**
 * Real numbers as integers, so that sums do not depend on order. Every row is rounded once, before
 * it is added; all the sums are exact.
 */
final class FixedPoint {
  /** Bits after the point of a weight; a weight of 1 is exact. */
  static final int WEIGHT_BITS = 20;

  /** Bits after the point of a loss or a probability. */
  static final int VALUE_BITS = 40;

  /** Bits after the point of a ratio in [0, 1], such as a precision. */
  static final int RATIO_BITS = 60;

  static final long UNIT_WEIGHT = 1L << WEIGHT_BITS;

  private static final float WEIGHT_LIMIT = 0x1p40f;

  private FixedPoint() {}

  /**
   * The weight of a row in units of 2^-20.
   *
   * @param weights of all rows, or null when all are 1
   * @throws IllegalArgumentException when it is negative, not a number, or 2^40 and more
   */
  static long weight(float[] weights, int row) {
    if (weights == null) {
      return UNIT_WEIGHT;
    }
    float weight = weights[row];
    if (!(weight >= 0 && weight < WEIGHT_LIMIT)) {
      throw new IllegalArgumentException(
          "row " + row + ": weight must be a number >= 0 and below 2^40, got " + weight);
    }
    return Math.round((double) weight * UNIT_WEIGHT);
  }

  /** A loss or a probability in units of 2^-40; beyond 2^23 it is clamped. */
  static long value(double value) {
    return Math.round(value * 0x1p40);
  }

  /** A ratio of two non-negative integers, numerator not above denominator, in units of 2^-60. */
  static long ratio(long numerator, long denominator) {
    return Math.round((double) numerator / (double) denominator * 0x1p60);
  }
}

package io.destine.metric;

/**
 * Real numbers as integers, so that sums do not depend on order. Every row is rounded once, before
 * it is added; all the sums are exact. Weights have a {@link WeightUnit} of their own.
 */
final class FixedPoint {
  /** Bits after the point of a loss or a probability. */
  static final int VALUE_BITS = 40;

  /** Bits after the point of a ratio in [0, 1], such as a precision. */
  static final int RATIO_BITS = 60;

  private FixedPoint() {}

  /** A loss or a probability in units of 2^-40; beyond 2^23 it is clamped. */
  static long value(double value) {
    return Math.round(value * 0x1p40);
  }

  /** A ratio of two non-negative integers, numerator not above denominator, in units of 2^-60. */
  static long ratio(long numerator, long denominator) {
    return Math.round((double) numerator / (double) denominator * 0x1p60);
  }
}

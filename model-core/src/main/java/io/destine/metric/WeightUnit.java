package io.destine.metric;

import java.io.Serializable;

/**
 * The power of two that is the unit of row weights in metrics: weights are integer multiples of it,
 * so that sums are exact. It is chosen so that the weights of all rows add up to about 2^60 units.
 * Each weight is rounded once, to the nearest multiple.
 *
 * @param exponent of the power of two
 * @param coarser number of bits dropped from weights before squaring, so that a weight times a loss
 *     does not overflow
 */
public record WeightUnit(int exponent, int coarser) implements Serializable {
  /** The unit if all rows have weight 1: 2^-20. */
  public static final WeightUnit OF_ONES = new WeightUnit(-20, 0);

  private static final int TOTAL_BITS = 61;
  private static final int COARSER = 19;

  /** The unit for the given weights, whose sum is below 2^61 units. */
  public static WeightUnit of(WeightTotals totals) {
    return !totals.given() || totals.weightedRows() == 0
        ? OF_ONES
        : new WeightUnit(Math.getExponent(totals.sum()) + 1 - TOTAL_BITS, COARSER);
  }

  /**
   * The weight of a row in units.
   *
   * @param weights of all rows, or null when all are 1
   * @throws IllegalArgumentException when it is negative, not a number or too large
   */
  long units(float[] weights, int row) {
    float weight = weights == null ? 1 : weights[row];
    double units = Math.scalb((double) weight, -exponent);
    if (!(weight >= 0)) {
      throw new IllegalArgumentException("row " + row + ": weight must be >= 0, got " + weight);
    }
    if (units >= 0x1p62) {
      throw new IllegalArgumentException(
          "row " + row + ": weight must be below 2^" + (62 + exponent) + ", got " + weight);
    }
    return Math.round(units);
  }

  /** Rounds a weight in units to a factor that can be squared: drops {@link #coarser} bits. */
  long factor(long units) {
    return coarser == 0 ? units : (units + (1L << (coarser - 1))) >> coarser;
  }

  /** Converts a number of such factors back to units. */
  double ofFactors(double factors) {
    return Math.scalb(factors, coarser);
  }

  /** The weight of a number of units. */
  double weight(double units) {
    return units * Math.scalb(1.0, exponent);
  }
}

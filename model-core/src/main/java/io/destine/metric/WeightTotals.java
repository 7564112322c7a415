package io.destine.metric;

import java.io.Serializable;
import java.util.Arrays;

/**
 * Statistics of row weights that are needed before numbers are multiplied by the weights: exact
 * sums, the largest and the smallest weight, and the number of weighted rows of each class. A float
 * is an integer of 24 bits times a power of two; the integers of each power are added up
 * separately, so the sums do not depend on the order, and merges are associative and commutative to
 * the bit. Multiplying all weights by a power of two multiplies the sums by it. Mutable, not
 * thread-safe.
 *
 * <p>Weights must be within a range, see {@link #MOST_RATIO}, which is limited by the resolution of
 * the sums of gradients and metrics.
 */
public final class WeightTotals implements Serializable {
  private static final long serialVersionUID = 1;

  /** The smallest positive weight of a row. */
  public static final double LEAST = 1e-30;

  /** The largest weight of a row. */
  public static final double MOST = 1e30;

  /**
   * The largest factor between a positive weight and the mean of the positive weights, in either
   * direction.
   */
  public static final double MOST_RATIO = 1e6;

  private static final int FRACTION_BITS = 23;

  /** A float of exponent field p is an integer times 2^(p - 150). */
  private static final int BIAS = 150;

  /** The first exponent field of the arrays, which cover only the fields that occur. */
  private int first;

  private long[] rows = {};
  private long[] sums = {};
  private final long[] weighted = new long[2];
  private float largest;
  private float smallest = Float.POSITIVE_INFINITY;
  private boolean given;

  /**
   * Adds rows. Weights that are negative or not finite are left out here; code that uses the
   * weights refuses them.
   *
   * @param labels [N], 0 or 1
   * @param weights [N], or null when all are 1
   */
  public void add(float[] labels, float[] weights) {
    given |= weights != null && labels.length > 0;
    for (int i = 0; i < labels.length; i++) {
      add(labels[i] == 1, weights == null ? 1 : weights[i]);
    }
  }

  /** Adds a row. */
  public void add(boolean positive, float weight) {
    if (!(weight > 0 && weight <= Float.MAX_VALUE)) {
      return;
    }
    int bits = Float.floatToRawIntBits(weight);
    int power = bits >>> FRACTION_BITS;
    int fraction = bits & ((1 << FRACTION_BITS) - 1);
    cover(power, power + 1);
    rows[power - first]++;
    sums[power - first] += power == 0 ? 2 * fraction : fraction | (1 << FRACTION_BITS);
    weighted[positive ? 1 : 0]++;
    largest = Math.max(largest, weight);
    smallest = Math.min(smallest, weight);
  }

  /** Adds the totals of other rows. */
  public WeightTotals merge(WeightTotals other) {
    if (other.rows.length > 0) {
      cover(other.first, other.first + other.rows.length);
    }
    for (int p = 0; p < other.rows.length; p++) {
      rows[p + other.first - first] += other.rows[p];
      sums[p + other.first - first] += other.sums[p];
    }
    weighted[0] += other.weighted[0];
    weighted[1] += other.weighted[1];
    largest = Math.max(largest, other.largest);
    smallest = Math.min(smallest, other.smallest);
    given |= other.given;
    return this;
  }

  /** Extends the arrays to the exponent fields {@code from} up to, not including, {@code to}. */
  private void cover(int from, int to) {
    int end = first + rows.length;
    if (rows.length > 0 && from >= first && to <= end) {
      return;
    }
    int begin = rows.length == 0 ? from : Math.min(from, first);
    int size = Math.max(to, rows.length == 0 ? to : end) - begin;
    rows = moved(rows, size, first - begin);
    sums = moved(sums, size, first - begin);
    first = begin;
  }

  private static long[] moved(long[] values, int size, int by) {
    long[] moved = new long[size];
    if (values.length > 0) {
      System.arraycopy(values, 0, moved, by, values.length);
    }
    return moved;
  }

  /** True when some rows had explicit weights, even if these are 1. */
  public boolean given() {
    return given;
  }

  /** Rows with a positive weight. */
  public long weightedRows() {
    return weighted[0] + weighted[1];
  }

  /** Rows of a class with a positive weight. */
  public long weightedRows(boolean positive) {
    return weighted[positive ? 1 : 0];
  }

  /** The largest weight; 0 without any. */
  public float largest() {
    return largest;
  }

  /** The smallest positive weight; infinite without any. */
  public float smallest() {
    return smallest;
  }

  /** The sum of all weights. */
  public double sum() {
    return heaviest(Long.MAX_VALUE);
  }

  /** The mean of the positive weights; 0 without any. */
  public double mean() {
    return weightedRows() == 0 ? 0 : sum() / weightedRows();
  }

  /** An upper bound of the sum of the n largest weights, less than twice as large as it. */
  public double heaviest(long n) {
    double sum = 0;
    long left = n;
    for (int p = rows.length - 1; p >= 0 && left > 0; p--) {
      long taken = Math.min(left, rows[p]);
      sum +=
          taken == rows[p]
              ? Math.scalb((double) sums[p], first + p - BIAS)
              : taken * Math.min(largest, Math.scalb(1.0, first + p - BIAS + FRACTION_BITS + 1));
      left -= taken;
    }
    return sum;
  }

  /**
   * The power of two by which training multiplies weights: their mean becomes a number in [1, 2),
   * and weights of 1 stay unchanged. The multiplication is exact.
   */
  public int exponentOfScale() {
    return weightedRows() == 0 ? 0 : -Math.getExponent(mean());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof WeightTotals that
        && first == that.first
        && Arrays.equals(rows, that.rows)
        && Arrays.equals(sums, that.sums)
        && Arrays.equals(weighted, that.weighted)
        && largest == that.largest
        && smallest == that.smallest
        && given == that.given;
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(sums) + 31 * Arrays.hashCode(weighted);
  }
}

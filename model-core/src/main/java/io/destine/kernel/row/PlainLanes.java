package io.destine.kernel.row;

import java.util.Arrays;

/** The loops in plain Java, for any JVM; {@link PlainProducts} has the sums of products. */
public final class PlainLanes implements FieldLanes {
  /**
   * Logits up to this need no shift: sums of their exponentials are far below the largest float.
   */
  private static final float PLAIN_LOGIT = 40;

  /**
   * A lane whose sum of squares is at most this has no logit above {@link #PLAIN_LOGIT}. Since the
   * sums are rounded, this is a little less than its square.
   */
  private static final float PLAIN_SQUARES = PLAIN_LOGIT * PLAIN_LOGIT - 1;

  /** For smaller x, e^x is not a normal number. */
  private static final float LEAST_EXPONENT = -87;

  private static final float LOG2_E = 1.44269504f;

  /**
   * Adding this number rounds a small float to an integer, which the low bits of the sum contain.
   */
  private static final float ROUNDER = 0x1.8p23f;

  /** [lanes or more] sums of squares of logits, then of exponentials. */
  private float[] sums = {};

  /** [lanes or more] powers of two. */
  private float[] powers = {};

  /** [M, terms] keys, the fields as rows. */
  private float[] factors = {};

  /** Rows of a product's first and second matrix. */
  private float[][] left = {};

  private float[][] right = {};

  /** For each row of a product's first matrix, the array that contains it. */
  private float[][] factorRows = {};

  private float[] zeros = {};

  /** Copies of matrices that are given as one array: a product's second matrix and its result. */
  private FieldMatrix second = FieldMatrix.apart(0);

  private FieldMatrix result = FieldMatrix.apart(0);

  @Override
  public String name() {
    return "plain";
  }

  @Override
  public FieldLanes another() {
    return new PlainLanes();
  }

  @Override
  public int padded(int n) {
    return (n + 3) & ~3;
  }

  /**
   * With this many lanes a loop's start and end cost little, and eight rows fit in a first-level
   * cache.
   */
  @Override
  public int lanesAtOnce() {
    return 512;
  }

  @Override
  public FieldMatrix matrix(int rows) {
    return FieldMatrix.apart(rows);
  }

  @Override
  public void multiply(
      float[] a, int a0, int aStep, float[] b, float[] c, int count, int terms, int lanes) {
    second = copy(b, terms, lanes, second);
    result = copy(c, count, lanes, result);
    PlainProducts.add(
        repeated(a, count),
        a0,
        aStep,
        second.arrays(),
        0,
        result.arrays(),
        0,
        count,
        terms,
        0,
        lanes);
    for (int i = 0; i < count; i++) {
      System.arraycopy(result.array(i), 0, c, i * lanes, lanes);
    }
  }

  private static FieldMatrix copy(float[] from, int rows, int lanes, FieldMatrix into) {
    FieldMatrix copy = into.rows() < rows ? FieldMatrix.apart(rows) : into;
    copy.resize(lanes);
    for (int i = 0; i < rows; i++) {
      System.arraycopy(from, i * lanes, copy.array(i), 0, lanes);
    }
    return copy;
  }

  @Override
  public void project(float[] weights, FieldMatrix x, FieldMatrix y, int count, int terms) {
    PlainProducts.add(
        repeated(weights, count),
        0,
        terms,
        x.arrays(),
        0,
        y.arrays(),
        0,
        count,
        terms,
        0,
        x.step());
  }

  /** The same array for all rows. */
  private float[][] repeated(float[] a, int rows) {
    if (factorRows.length < rows) {
      factorRows = new float[rows][];
    }
    Arrays.fill(factorRows, 0, rows, a);
    return factorRows;
  }

  @Override
  public void compare(
      FieldMatrix a,
      int keys,
      int queries,
      FieldMatrix logits,
      int l0,
      int fields,
      int width,
      int lanes) {
    int terms = padded(width);
    if (factors.length < fields * terms) {
      factors = new float[fields * terms];
    }
    left = choose(left, a, keys, width, terms);
    right = choose(right, a, queries, width, terms);
    float[][] rows = repeated(factors, fields);
    for (int first = 0; first < a.step(); first += lanes) {
      for (int k = 0; k < terms; k += 4) {
        transpose(left, k, first, fields, terms);
      }
      PlainProducts.add(
          rows, 0, terms, right, 0, logits.arrays(), l0, fields, terms, first, first + lanes);
    }
  }

  /** Copies four rows, k to k + 3, to columns of the factors. */
  private void transpose(float[][] from, int k, int first, int count, int step) {
    float[] r0 = from[k];
    float[] r1 = from[k + 1];
    float[] r2 = from[k + 2];
    float[] r3 = from[k + 3];
    float[] to = factors;
    int at = k;
    for (int i = first; i < first + count; i++) {
      to[at] = r0[i];
      to[at + 1] = r1[i];
      to[at + 2] = r2[i];
      to[at + 3] = r3[i];
      at += step;
    }
  }

  @Override
  public void mix(
      FieldMatrix a,
      int values,
      int mixed,
      FieldMatrix weights,
      int w0,
      int width,
      int fields,
      int lanes) {
    // The lanes after the fields multiply zeros, which changes at most the sign of a zero sum.
    int terms = padded(fields);
    left = choose(left, a, values, width, width);
    right = choose(right, weights, w0, fields, terms);
    for (int first = 0; first < a.step(); first += lanes) {
      PlainProducts.add(
          left, first, 0, right, 0, a.arrays(), mixed, width, terms, first, first + lanes);
    }
  }

  /** Some rows of a matrix, followed by zeros, in a given array if it is long enough. */
  private float[][] choose(float[][] into, FieldMatrix of, int from, int count, int padded) {
    float[][] rows = into.length < padded ? new float[padded][] : into;
    System.arraycopy(of.arrays(), from, rows, 0, count);
    if (padded > count) {
      if (zeros.length < of.step()) {
        zeros = new float[of.step()];
      }
      Arrays.fill(rows, count, padded, zeros);
    }
    return rows;
  }

  @Override
  public void softmax(FieldMatrix x, int x0, int n, int from, int to) {
    if (sums.length < x.step()) {
      sums = new float[x.step()];
      powers = new float[x.step()];
    }
    softmax(x.arrays(), x0, x0 + n, from, to);
  }

  /** Computes the softmax over rows x0 to xn - 1. */
  private void softmax(float[][] x, int x0, int xn, int from, int to) {
    Arrays.fill(sums, from, to, 0);
    int i = x0;
    for (; i + 4 <= xn; i += 4) {
      squares(sums, x[i], x[i + 1], x[i + 2], x[i + 3], from, to);
    }
    for (; i < xn; i++) {
      squares(sums, x[i], from, to);
    }
    for (int j = from; j < to; j++) {
      // False for NaN, too.
      if (!(sums[j] <= PLAIN_SQUARES) && !(magnitude(x, x0, xn, j) <= PLAIN_LOGIT)) {
        shift(x, x0, xn, j);
      }
    }
    Arrays.fill(sums, from, to, 0);
    for (i = x0; i < xn; i++) {
      exponentials(x[i], powers, from, to);
      add(sums, x[i], from, to);
    }
    invert(sums, from, to);
    for (i = x0; i < xn; i++) {
      scale(x[i], sums, from, to);
    }
  }

  private static float magnitude(float[][] x, int x0, int xn, int lane) {
    float largest = 0;
    for (int i = x0; i < xn; i++) {
      largest = Math.max(largest, Math.abs(x[i][lane]));
    }
    return largest;
  }

  private static void squares(
      float[] sums, float[] a, float[] b, float[] c, float[] d, int from, int to) {
    for (int j = from; j < to; j++) {
      float sum = Math.fma(a[j], a[j], sums[j]);
      sum = Math.fma(b[j], b[j], sum);
      sum = Math.fma(c[j], c[j], sum);
      sums[j] = Math.fma(d[j], d[j], sum);
    }
  }

  private static void squares(float[] sums, float[] a, int from, int to) {
    for (int j = from; j < to; j++) {
      sums[j] = Math.fma(a[j], a[j], sums[j]);
    }
  }

  /** Subtracts the largest logit of a lane, and keeps e^x a normal number. */
  private static void shift(float[][] x, int x0, int xn, int lane) {
    float largest = x[x0][lane];
    for (int i = x0 + 1; i < xn; i++) {
      largest = Math.max(largest, x[i][lane]);
    }
    for (int i = x0; i < xn; i++) {
      x[i][lane] = Math.max(x[i][lane] - largest, LEAST_EXPONENT);
    }
  }

  /**
   * Replaces each x by e^x, and NaN by NaN. For x within +-87 the relative error is about 2e-7,
   * plus that of rounding x log2(e). The result is a power of two times 2^f, f within +-1/2,
   * computed by the polynomial of least relative error that is 1 at 0.
   *
   * @param powers scratch memory
   */
  private static void exponentials(float[] x, float[] powers, int from, int to) {
    for (int j = from; j < to; j++) {
      float rounded = Math.fma(x[j], LOG2_E, ROUNDER);
      float f = Math.fma(x[j], LOG2_E, ROUNDER - rounded);
      float p = Math.fma(0.0013264727f, f, 0.009671513f);
      p = Math.fma(p, f, 0.055507336f);
      p = Math.fma(p, f, 0.24022242f);
      p = Math.fma(p, f, 0.693147f);
      powers[j] = rounded;
      x[j] = Math.fma(p, f, 1f);
    }
    // A separate loop: in the loop of the polynomial, these operations would prevent vectorisation.
    for (int j = from; j < to; j++) {
      // The low bits of the rounded number contain the power of two: adding them to the exponent
      // multiplies by it.
      x[j] =
          Float.intBitsToFloat(
              Float.floatToRawIntBits(x[j]) + (Float.floatToRawIntBits(powers[j]) << 23));
    }
  }

  private static void add(float[] sums, float[] x, int from, int to) {
    for (int j = from; j < to; j++) {
      sums[j] += x[j];
    }
  }

  private static void invert(float[] x, int from, int to) {
    for (int j = from; j < to; j++) {
      x[j] = 1 / x[j];
    }
  }

  private static void scale(float[] x, float[] by, int from, int to) {
    for (int j = from; j < to; j++) {
      x[j] *= by[j];
    }
  }
}

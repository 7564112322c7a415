package io.destine.kernel.row;

import java.util.Arrays;

/**
 * The loops in plain Java, which every JVM runs. The JVM's compiler makes vector instructions of a
 * loop over lanes when each operand is an array of its own, all of them are read at the same index,
 * and there are not too many: so rows of lanes are copied to such arrays, and four terms of a sum
 * are added at a time.
 */
public final class PlainLanes implements FieldLanes {
  /** Logits up to this need no shift: sums of their exponentials are far from the largest float. */
  private static final float PLAIN_LOGIT = 40;

  /** Below it e^x leaves the normal numbers. */
  private static final float LEAST_EXPONENT = -87;

  private static final float LOG2_E = 1.44269504f;

  /** Added and subtracted, it rounds a small float to an integer, which its low bits then hold. */
  private static final float ROUNDER = 0x1.8p23f;

  /** Loops over fewer lanes are faster with sums in registers than with vectors. */
  private static final int FEW = 16;

  /** [k][lanes or more] rows of lanes. */
  private float[][] rows = {};

  /** [lanes or more] a row of the result, then sums of exponentials. */
  private float[] sums = {};

  /** [lanes or more] largest magnitudes of logits, then powers of two. */
  private float[] others = {};

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

  /** Loops over so many lanes take little time to begin and end, and their rows stay in a cache. */
  @Override
  public int lanesAtOnce() {
    return 256;
  }

  private void reserve(int count, int lanes) {
    if (rows.length < count) {
      int old = rows.length;
      rows = Arrays.copyOf(rows, count);
      for (int k = old; k < count; k++) {
        rows[k] = new float[sums.length];
      }
    }
    if (sums.length < lanes) {
      for (int k = 0; k < rows.length; k++) {
        rows[k] = new float[lanes];
      }
      sums = new float[lanes];
      others = new float[lanes];
    }
  }

  @Override
  public void multiply(
      float[] a,
      int a0,
      int aStep,
      int aNext,
      float[] b,
      int b0,
      int bStep,
      float[] c,
      int c0,
      int cStep,
      int count,
      int terms,
      int lanes) {
    if (lanes < FEW) {
      multiplyFew(a, a0, aStep, aNext, b, b0, bStep, c, c0, cStep, count, terms, lanes);
      return;
    }
    reserve(terms, lanes);
    for (int k = 0; k < terms; k++) {
      System.arraycopy(b, b0 + k * bStep, rows[k], 0, lanes);
    }
    for (int i = 0; i < count; i++) {
      System.arraycopy(c, c0 + i * cStep, sums, 0, lanes);
      addProduct(a, a0 + i * aStep, aNext, terms, lanes);
      System.arraycopy(sums, 0, c, c0 + i * cStep, lanes);
    }
  }

  /** Four lanes of two rows at a time. */
  private static void multiplyFew(
      float[] a,
      int a0,
      int aStep,
      int aNext,
      float[] b,
      int b0,
      int bStep,
      float[] c,
      int c0,
      int cStep,
      int count,
      int terms,
      int lanes) {
    int i = 0;
    for (; i + 2 <= count; i += 2) {
      for (int j = 0; j < lanes; j += 4) {
        pair(
            a, a0 + i * aStep, aStep, aNext, b, b0 + j, bStep, c, c0 + i * cStep + j, cStep, terms);
      }
    }
    if (i < count) {
      for (int j = 0; j < lanes; j += 4) {
        one(a, a0 + i * aStep, aNext, b, b0 + j, bStep, c, c0 + i * cStep + j, terms);
      }
    }
  }

  /** Four lanes of two rows, whose sums stay in registers. */
  private static void pair(
      float[] a,
      int a0,
      int aStep,
      int aNext,
      float[] b,
      int b0,
      int bStep,
      float[] c,
      int c0,
      int cStep,
      int terms) {
    int c1 = c0 + cStep;
    float s00 = c[c0];
    float s01 = c[c0 + 1];
    float s02 = c[c0 + 2];
    float s03 = c[c0 + 3];
    float s10 = c[c1];
    float s11 = c[c1 + 1];
    float s12 = c[c1 + 2];
    float s13 = c[c1 + 3];
    int ak = a0;
    int bk = b0;
    for (int k = 0; k < terms; k++) {
      float x = a[ak];
      float y = a[ak + aStep];
      s00 = Math.fma(x, b[bk], s00);
      s01 = Math.fma(x, b[bk + 1], s01);
      s02 = Math.fma(x, b[bk + 2], s02);
      s03 = Math.fma(x, b[bk + 3], s03);
      s10 = Math.fma(y, b[bk], s10);
      s11 = Math.fma(y, b[bk + 1], s11);
      s12 = Math.fma(y, b[bk + 2], s12);
      s13 = Math.fma(y, b[bk + 3], s13);
      ak += aNext;
      bk += bStep;
    }
    c[c0] = s00;
    c[c0 + 1] = s01;
    c[c0 + 2] = s02;
    c[c0 + 3] = s03;
    c[c1] = s10;
    c[c1 + 1] = s11;
    c[c1 + 2] = s12;
    c[c1 + 3] = s13;
  }

  private static void one(
      float[] a, int a0, int aNext, float[] b, int b0, int bStep, float[] c, int c0, int terms) {
    float s0 = c[c0];
    float s1 = c[c0 + 1];
    float s2 = c[c0 + 2];
    float s3 = c[c0 + 3];
    int ak = a0;
    int bk = b0;
    for (int k = 0; k < terms; k++) {
      float x = a[ak];
      s0 = Math.fma(x, b[bk], s0);
      s1 = Math.fma(x, b[bk + 1], s1);
      s2 = Math.fma(x, b[bk + 2], s2);
      s3 = Math.fma(x, b[bk + 3], s3);
      ak += aNext;
      bk += bStep;
    }
    c[c0] = s0;
    c[c0 + 1] = s1;
    c[c0 + 2] = s2;
    c[c0 + 3] = s3;
  }

  private void addProduct(float[] a, int a0, int aNext, int terms, int lanes) {
    int k = 0;
    int at = a0;
    for (; k + 4 <= terms; k += 4) {
      float a1 = a[at + aNext];
      float a2 = a[at + 2 * aNext];
      float a3 = a[at + 3 * aNext];
      addFour(sums, rows[k], rows[k + 1], rows[k + 2], rows[k + 3], a[at], a1, a2, a3, lanes);
      at += 4 * aNext;
    }
    for (; k < terms; k++) {
      add(sums, rows[k], a[at], lanes);
      at += aNext;
    }
  }

  private static void addFour(
      float[] sums,
      float[] b0,
      float[] b1,
      float[] b2,
      float[] b3,
      float a0,
      float a1,
      float a2,
      float a3,
      int lanes) {
    for (int j = 0; j < lanes; j++) {
      float sum = Math.fma(a0, b0[j], sums[j]);
      sum = Math.fma(a1, b1[j], sum);
      sum = Math.fma(a2, b2[j], sum);
      sums[j] = Math.fma(a3, b3[j], sum);
    }
  }

  private static void add(float[] sums, float[] b, float a, int lanes) {
    for (int j = 0; j < lanes; j++) {
      sums[j] = Math.fma(a, b[j], sums[j]);
    }
  }

  @Override
  public void softmax(float[] x, int x0, int step, int n, int from, int to) {
    int lanes = to - from;
    reserve(n, lanes);
    Arrays.fill(others, 0, lanes, 0);
    for (int i = 0; i < n; i++) {
      System.arraycopy(x, x0 + i * step + from, rows[i], 0, lanes);
      magnitudes(others, rows[i], lanes);
    }
    for (int j = 0; j < lanes; j++) {
      // False for NaN, too.
      if (!(others[j] <= PLAIN_LOGIT)) {
        shift(j, n);
      }
    }
    Arrays.fill(sums, 0, lanes, 0);
    for (int i = 0; i < n; i++) {
      exponentials(rows[i], others, lanes);
      add(sums, rows[i], lanes);
    }
    invert(sums, lanes);
    for (int i = 0; i < n; i++) {
      scale(rows[i], sums, lanes);
      System.arraycopy(rows[i], 0, x, x0 + i * step + from, lanes);
    }
  }

  private static void magnitudes(float[] largest, float[] x, int lanes) {
    for (int j = 0; j < lanes; j++) {
      largest[j] = Math.max(largest[j], Math.abs(x[j]));
    }
  }

  /** Subtracts the largest logit of a lane, and keeps e^x a normal number. */
  private void shift(int lane, int n) {
    float largest = rows[0][lane];
    for (int i = 1; i < n; i++) {
      largest = Math.max(largest, rows[i][lane]);
    }
    for (int i = 0; i < n; i++) {
      rows[i][lane] = Math.max(rows[i][lane] - largest, LEAST_EXPONENT);
    }
  }

  /**
   * Replaces each x by e^x, for x within +-87 to about 2e-7 beside the rounding of x log2(e), NaN
   * for NaN: a power of two times 2^f, f within +-1/2, by a polynomial of least relative error that
   * is 1 at 0.
   *
   * @param powers scratch memory
   */
  private static void exponentials(float[] x, float[] powers, int n) {
    for (int j = 0; j < n; j++) {
      float rounded = Math.fma(x[j], LOG2_E, ROUNDER);
      float f = Math.fma(x[j], LOG2_E, ROUNDER - rounded);
      float p = Math.fma(0.0013264727f, f, 0.009671513f);
      p = Math.fma(p, f, 0.055507336f);
      p = Math.fma(p, f, 0.24022242f);
      p = Math.fma(p, f, 0.693147f);
      powers[j] = rounded;
      x[j] = Math.fma(p, f, 1f);
    }
    // A loop of its own: in one with the polynomial, these keep it from being vectorised.
    for (int j = 0; j < n; j++) {
      // The low bits of the rounder hold the power of two: added to the exponent, they multiply by
      // it.
      x[j] =
          Float.intBitsToFloat(
              Float.floatToRawIntBits(x[j]) + (Float.floatToRawIntBits(powers[j]) << 23));
    }
  }

  private static void add(float[] sums, float[] x, int lanes) {
    for (int j = 0; j < lanes; j++) {
      sums[j] += x[j];
    }
  }

  private static void invert(float[] x, int lanes) {
    for (int j = 0; j < lanes; j++) {
      x[j] = 1 / x[j];
    }
  }

  private static void scale(float[] x, float[] by, int lanes) {
    for (int j = 0; j < lanes; j++) {
      x[j] *= by[j];
    }
  }
}

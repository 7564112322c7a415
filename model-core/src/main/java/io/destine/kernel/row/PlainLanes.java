package io.destine.kernel.row;

/** The loops in plain Java, which every JVM runs. */
public final class PlainLanes implements FieldLanes {
  /** Logits up to this need no shift: sums of their exponentials are far from the largest float. */
  private static final int PLAIN_LOGIT_BITS = Float.floatToRawIntBits(40);

  /** Below it e^x leaves the normal numbers. */
  private static final float LEAST_EXPONENT = -87;

  private static final float LOG2_E = 1.44269504f;

  /** Added and subtracted, it rounds a small float to an integer, which its low bits then hold. */
  private static final float ROUNDER = 0x1.8p23f;

  @Override
  public String name() {
    return "plain";
  }

  @Override
  public int padded(int n) {
    return (n + 3) & ~3;
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

  @Override
  public void softmax(float[] x, int x0, int step, int n, int from, int to) {
    for (int j = from; j < to; j++) {
      softmax(x, x0 + j, step, n);
    }
  }

  private static void softmax(float[] x, int at, int step, int n) {
    int end = at + n * step;
    int magnitude = 0;
    for (int i = at; i < end; i += step) {
      // The bits of floats without their sign are ordered like the floats; NaN is above all.
      magnitude = Math.max(magnitude, Float.floatToRawIntBits(x[i]) & Integer.MAX_VALUE);
    }
    if (magnitude > PLAIN_LOGIT_BITS) {
      shift(x, at, step, end);
    }
    float sum = 0;
    for (int i = at; i < end; i += step) {
      x[i] = exponential(x[i]);
      sum += x[i];
    }
    float share = 1 / sum;
    for (int i = at; i < end; i += step) {
      x[i] *= share;
    }
  }

  /** Subtracts the largest logit, and keeps e^x a normal number. */
  private static void shift(float[] x, int at, int step, int end) {
    float largest = x[at];
    for (int i = at; i < end; i += step) {
      largest = Math.max(largest, x[i]);
    }
    for (int i = at; i < end; i += step) {
      x[i] = Math.max(x[i] - largest, LEAST_EXPONENT);
    }
  }

  /**
   * e^x for x within +-87 to about 2e-7 beside the rounding of x log2(e), NaN for NaN: a power of
   * two times 2^f, f within +-1/2, by a polynomial of least relative error that is 1 at 0.
   */
  static float exponential(float x) {
    float rounded = Math.fma(x, LOG2_E, ROUNDER);
    float f = Math.fma(x, LOG2_E, ROUNDER - rounded);
    float p = Math.fma(0.0013264727f, f, 0.009671513f);
    p = Math.fma(p, f, 0.055507336f);
    p = Math.fma(p, f, 0.24022242f);
    p = Math.fma(p, f, 0.693147f);
    p = Math.fma(p, f, 1f);
    // The low bits of the rounder hold the power of two: added to the exponent, they multiply by
    // it.
    return Float.intBitsToFloat(
        Float.floatToRawIntBits(p) + (Float.floatToRawIntBits(rounded) << 23));
  }
}

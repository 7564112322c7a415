package io.destine.kernel.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Element-wise arithmetic on runs of lane vectors in the kernel's memory. Uses operations that IEEE
 * 754 defines to the last bit, so that every machine gives the same results.
 */
final class LaneMath {
  private static final VectorSpecies<Float> SPECIES = Lanes.SPECIES;
  private static final VectorSpecies<Integer> INTS =
      VectorSpecies.of(int.class, SPECIES.vectorShape());
  private static final int LENGTH = Lanes.LENGTH;

  /** Logits up to this need no shift: sums of their exponentials are far from the largest float. */
  private static final float PLAIN_LOGIT = 40;

  private static final int PLAIN_LOGIT_BITS = Float.floatToRawIntBits(PLAIN_LOGIT);

  /** Below it e^x leaves the normal numbers. */
  private static final float LEAST_EXPONENT = -87;

  private static final float LOG2_E = 1.44269504f;

  /** Added and subtracted, it rounds a small float to an integer, which its low bits then hold. */
  private static final float ROUNDER = 0x1.8p23f;

  private LaneMath() {}

  /** Copies n vectors that lie side by side to places {@code step} apart. */
  static void spread(float[] s, int from, int n, int into, int step) {
    for (int i = 0; i < n; i++) {
      FloatVector.fromArray(SPECIES, s, from + i * LENGTH).intoArray(s, into + i * step);
    }
  }

  /** Multiplies n vectors by a number. */
  static void scale(float[] s, int at, int n, float factor) {
    for (int i = 0; i < n; i++) {
      int x = at + i * LENGTH;
      FloatVector.fromArray(SPECIES, s, x).mul(factor).intoArray(s, x);
    }
  }

  /** Sets out(i) to factor times the sum over the rows m of x(m, i), for i below n. */
  static void sumRows(float[] s, int x, int rowStep, int rows, int n, float factor, int out) {
    for (int i = 0; i < n; i++) {
      int xi = x + i * LENGTH;
      FloatVector sum = FloatVector.fromArray(SPECIES, s, xi);
      for (int m = 1; m < rows; m++) {
        sum = sum.add(FloatVector.fromArray(SPECIES, s, xi + m * rowStep));
      }
      sum.mul(factor).intoArray(s, out + i * LENGTH);
    }
  }

  /** Adds to out(i) the sum over the rows m of x(m, i), for i below n. */
  static void addSumOfRows(float[] s, int x, int rowStep, int rows, int n, int out) {
    for (int i = 0; i < n; i++) {
      int xi = x + i * LENGTH;
      int oi = out + i * LENGTH;
      FloatVector sum = FloatVector.fromArray(SPECIES, s, oi);
      for (int m = 0; m < rows; m++) {
        sum = sum.add(FloatVector.fromArray(SPECIES, s, xi + m * rowStep));
      }
      sum.intoArray(s, oi);
    }
  }

  /** Sets out(i) to x(i) + y(i), for i below n. */
  static void add(float[] s, int x, int y, int n, int out) {
    for (int i = 0; i < n; i++) {
      FloatVector.fromArray(SPECIES, s, x + i * LENGTH)
          .add(FloatVector.fromArray(SPECIES, s, y + i * LENGTH))
          .intoArray(s, out + i * LENGTH);
    }
  }

  /** Sets out(i) to x(i) y(i), for i below n. */
  static void multiply(float[] s, int x, int y, int n, int out) {
    for (int i = 0; i < n; i++) {
      FloatVector.fromArray(SPECIES, s, x + i * LENGTH)
          .mul(FloatVector.fromArray(SPECIES, s, y + i * LENGTH))
          .intoArray(s, out + i * LENGTH);
    }
  }

  /** Sets x(i) to max(x(i), 0), for i below n. */
  static void rectify(float[] s, int x, int n) {
    for (int i = 0; i < n; i++) {
      int xi = x + i * LENGTH;
      FloatVector.fromArray(SPECIES, s, xi).max(0f).intoArray(s, xi);
    }
  }

  /** Sets out(i) to max(x(i) + y(i), 0), for i below n. */
  static void addRectified(float[] s, int x, int y, int n, int out) {
    for (int i = 0; i < n; i++) {
      FloatVector.fromArray(SPECIES, s, x + i * LENGTH)
          .add(FloatVector.fromArray(SPECIES, s, y + i * LENGTH))
          .max(0f)
          .intoArray(s, out + i * LENGTH);
    }
  }

  /**
   * Sets out(i) to dy(i) where the rectified y(i) is positive and to 0 elsewhere, for i below n.
   */
  static void rectifiedGradient(float[] s, int y, int dy, int n, int out) {
    for (int i = 0; i < n; i++) {
      // The bits of a positive float are a positive int: its negation has the sign bit.
      IntVector mask =
          FloatVector.fromArray(SPECIES, s, y + i * LENGTH)
              .reinterpretAsInts()
              .neg()
              .lanewise(VectorOperators.ASHR, 31);
      FloatVector.fromArray(SPECIES, s, dy + i * LENGTH)
          .reinterpretAsInts()
          .and(mask)
          .reinterpretAsFloats()
          .intoArray(s, out + i * LENGTH);
    }
  }

  /** Adds the sum over i below n of w(i) x(i), w numbers, to the vector at {@code out}. */
  static void addWeighted(float[] s, int w, int x, int n, int out) {
    FloatVector sum = FloatVector.fromArray(SPECIES, s, out);
    for (int i = 0; i < n; i++) {
      sum =
          FloatVector.fromArray(SPECIES, s, x + i * LENGTH)
              .fma(FloatVector.broadcast(SPECIES, s[w + i]), sum);
    }
    sum.intoArray(s, out);
  }

  /**
   * The backward of {@link #addWeighted} with the gradient g of its result: sets dx(i) to w(i) g
   * and adds g x(i) to dw(i), for i below n.
   */
  static void weightedGradient(float[] s, int w, int x, int n, int g, int dx, int dw) {
    FloatVector gradient = FloatVector.fromArray(SPECIES, s, g);
    for (int i = 0; i < n; i++) {
      int d = dw + i * LENGTH;
      gradient.mul(s[w + i]).intoArray(s, dx + i * LENGTH);
      FloatVector.fromArray(SPECIES, s, x + i * LENGTH)
          .fma(gradient, FloatVector.fromArray(SPECIES, s, d))
          .intoArray(s, d);
    }
  }

  /** Adds factor times the sum over i below n of x(i)^2 to the vector at {@code out}. */
  static void addSquares(float[] s, int x, int n, float factor, int out) {
    FloatVector sum = FloatVector.fromArray(SPECIES, s, out);
    for (int i = 0; i < n; i++) {
      FloatVector v = FloatVector.fromArray(SPECIES, s, x + i * LENGTH);
      sum = v.mul(factor).fma(v, sum);
    }
    sum.intoArray(s, out);
  }

  /** Adds g (x(i) - y(i)) to out(i), for i below n and the vector at {@code g}. */
  static void addProductOfDifference(float[] s, int x, int y, int g, int n, int out) {
    FloatVector gradient = FloatVector.fromArray(SPECIES, s, g);
    for (int i = 0; i < n; i++) {
      int o = out + i * LENGTH;
      FloatVector.fromArray(SPECIES, s, x + i * LENGTH)
          .sub(FloatVector.fromArray(SPECIES, s, y + i * LENGTH))
          .fma(gradient, FloatVector.fromArray(SPECIES, s, o))
          .intoArray(s, o);
    }
  }

  /**
   * Replaces n logits by their softmax. Lanes whose logits all lie within +-{@value #PLAIN_LOGIT}
   * do without the subtraction of the largest one, which is the rule.
   */
  static void softmax(float[] s, int at, int n) {
    IntVector largest = IntVector.zero(INTS);
    for (int i = 0; i < n; i++) {
      // The bits of floats without their sign are ordered like the floats; NaN is above all.
      largest =
          FloatVector.fromArray(SPECIES, s, at + i * LENGTH)
              .reinterpretAsInts()
              .and(Integer.MAX_VALUE)
              .max(largest);
    }
    if (largest.reduceLanes(VectorOperators.MAX) > PLAIN_LOGIT_BITS) {
      shiftLargeLogits(s, at, n, largest);
    }
    FloatVector sum = FloatVector.zero(SPECIES);
    for (int i = 0; i < n; i++) {
      int x = at + i * LENGTH;
      FloatVector e = exponential(FloatVector.fromArray(SPECIES, s, x));
      e.intoArray(s, x);
      sum = sum.add(e);
    }
    FloatVector share = FloatVector.broadcast(SPECIES, 1f).div(sum);
    for (int i = 0; i < n; i++) {
      int x = at + i * LENGTH;
      FloatVector.fromArray(SPECIES, s, x).mul(share).intoArray(s, x);
    }
  }

  /** In lanes with a large logit: subtracts the largest one, and keeps e^x a normal number. */
  private static void shiftLargeLogits(float[] s, int at, int n, IntVector magnitudes) {
    VectorMask<Float> large =
        magnitudes.compare(VectorOperators.GT, PLAIN_LOGIT_BITS).cast(SPECIES);
    FloatVector largest = FloatVector.fromArray(SPECIES, s, at);
    for (int i = 1; i < n; i++) {
      largest = largest.max(FloatVector.fromArray(SPECIES, s, at + i * LENGTH));
    }
    for (int i = 0; i < n; i++) {
      int x = at + i * LENGTH;
      FloatVector logit = FloatVector.fromArray(SPECIES, s, x);
      logit.blend(logit.sub(largest).max(LEAST_EXPONENT), large).intoArray(s, x);
    }
  }

  /** Turns n gradients da of softmax weights a into those of the logits, a (da - sum of a da). */
  static void softmaxGradient(float[] s, int a, int da, int n) {
    FloatVector sum =
        FloatVector.fromArray(SPECIES, s, a).mul(FloatVector.fromArray(SPECIES, s, da));
    for (int i = 1; i < n; i++) {
      sum =
          FloatVector.fromArray(SPECIES, s, a + i * LENGTH)
              .fma(FloatVector.fromArray(SPECIES, s, da + i * LENGTH), sum);
    }
    for (int i = 0; i < n; i++) {
      int x = da + i * LENGTH;
      FloatVector.fromArray(SPECIES, s, x)
          .sub(sum)
          .mul(FloatVector.fromArray(SPECIES, s, a + i * LENGTH))
          .intoArray(s, x);
    }
  }

  /**
   * e^x for x within +-87 to about 2e-7 beside the rounding of x log2(e), NaN for NaN: a power of
   * two times 2^f, f within +-1/2, by a polynomial of least relative error that is 1 at 0.
   */
  private static FloatVector exponential(FloatVector x) {
    FloatVector log2e = FloatVector.broadcast(SPECIES, LOG2_E);
    FloatVector rounded = x.fma(log2e, FloatVector.broadcast(SPECIES, ROUNDER));
    FloatVector f = x.fma(log2e, FloatVector.broadcast(SPECIES, ROUNDER).sub(rounded));
    FloatVector p = FloatVector.broadcast(SPECIES, 0.0013264727f);
    p = p.fma(f, FloatVector.broadcast(SPECIES, 0.009671513f));
    p = p.fma(f, FloatVector.broadcast(SPECIES, 0.055507336f));
    p = p.fma(f, FloatVector.broadcast(SPECIES, 0.24022242f));
    p = p.fma(f, FloatVector.broadcast(SPECIES, 0.693147f));
    p = p.fma(f, FloatVector.broadcast(SPECIES, 1f));
    // The low bits of the rounder hold the power of two: added to the exponent, they multiply by
    // it.
    return p.reinterpretAsInts()
        .add(rounded.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23))
        .reinterpretAsFloats();
  }
}

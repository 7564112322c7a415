package io.destine.kernel.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Element-wise arithmetic on runs of lane vectors in the kernel's memory. Uses only operations that
 * IEEE 754 defines to the last bit, so that results are identical on every machine.
 */
final class LaneMath {
  private static final VectorSpecies<Float> SPECIES = Lanes.SPECIES;
  private static final VectorSpecies<Integer> INTS =
      VectorSpecies.of(int.class, SPECIES.vectorShape());
  private static final int LENGTH = Lanes.LENGTH;

  /**
   * Logits up to this need no shift: sums of their exponentials are far below the largest float.
   */
  private static final float PLAIN_LOGIT = 40;

  private static final int PLAIN_LOGIT_BITS = Float.floatToRawIntBits(PLAIN_LOGIT);

  /** For smaller x, e^x is not a normal number. */
  private static final float LEAST_EXPONENT = -87;

  private static final float LOG2_E = 1.44269504f;

  /**
   * Adding this number rounds a small float to an integer, which the low bits of the sum contain.
   */
  private static final float ROUNDER = 0x1.8p23f;

  private LaneMath() {}

  /** Copies n contiguous vectors to positions {@code step} apart. */
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

  /**
   * Sets out(i) to factor times the sum over the rows m of x(m, i), for i below n, which is rounded
   * up to a multiple of 4.
   */
  static void sumRows(float[] s, int x, int rowStep, int rows, int n, float factor, int out) {
    sumRows(s, x, x + rowStep, rowStep, rows - 1, n, factor, out);
  }

  /**
   * Adds to out(i) the sum over the rows m of x(m, i), for i below n, which is rounded up to a
   * multiple of 4.
   */
  static void addSumOfRows(float[] s, int x, int rowStep, int rows, int n, int out) {
    sumRows(s, out, x, rowStep, rows, n, 1, out);
  }

  /**
   * Sums with the initial values start(i), four at a time, since each addition waits for the
   * previous one of its sum.
   */
  private static void sumRows(
      float[] s, int start, int x, int rowStep, int rows, int n, float factor, int out) {
    for (int i = 0; i < n * LENGTH; i += 4 * LENGTH) {
      FloatVector sum0 = FloatVector.fromArray(SPECIES, s, start + i);
      FloatVector sum1 = FloatVector.fromArray(SPECIES, s, start + i + LENGTH);
      FloatVector sum2 = FloatVector.fromArray(SPECIES, s, start + i + 2 * LENGTH);
      FloatVector sum3 = FloatVector.fromArray(SPECIES, s, start + i + 3 * LENGTH);
      int at = x + i;
      for (int m = 0; m < rows; m++) {
        sum0 = sum0.add(FloatVector.fromArray(SPECIES, s, at));
        sum1 = sum1.add(FloatVector.fromArray(SPECIES, s, at + LENGTH));
        sum2 = sum2.add(FloatVector.fromArray(SPECIES, s, at + 2 * LENGTH));
        sum3 = sum3.add(FloatVector.fromArray(SPECIES, s, at + 3 * LENGTH));
        at += rowStep;
      }
      sum0.mul(factor).intoArray(s, out + i);
      sum1.mul(factor).intoArray(s, out + i + LENGTH);
      sum2.mul(factor).intoArray(s, out + i + 2 * LENGTH);
      sum3.mul(factor).intoArray(s, out + i + 3 * LENGTH);
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
      // The bits of a positive float are a positive int, whose negation has the sign bit.
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
   * The backward pass of {@link #addWeighted} with the gradient g of its result: sets dx(i) to w(i)
   * g and adds g x(i) to dw(i), for i below n.
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

  /** Adds g (x(i) - y(i)) to out(i), for i below n, where g is the vector at {@code g}. */
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
   * Replaces n logits by their softmax. The largest logit is not subtracted in lanes whose logits
   * are all within +-{@value #PLAIN_LOGIT}, which is the usual case.
   */
  static void softmax(float[] s, int at, int n) {
    softmax(s, at, LENGTH, n);
  }

  /** The same for logits whose vectors are {@code step} numbers apart. */
  static void softmax(float[] s, int at, int step, int n) {
    int end = at + n * step;
    IntVector largest = IntVector.zero(INTS);
    for (int x = at; x < end; x += step) {
      // The bits of floats without the sign are ordered like the floats, with NaN above all others.
      largest =
          FloatVector.fromArray(SPECIES, s, x)
              .reinterpretAsInts()
              .and(Integer.MAX_VALUE)
              .max(largest);
    }
    if (largest.reduceLanes(VectorOperators.MAX) > PLAIN_LOGIT_BITS) {
      shiftLargeLogits(s, at, step, end, largest);
    }
    FloatVector sum = FloatVector.zero(SPECIES);
    for (int x = at; x < end; x += step) {
      FloatVector e = exponential(FloatVector.fromArray(SPECIES, s, x));
      e.intoArray(s, x);
      sum = sum.add(e);
    }
    FloatVector share = FloatVector.broadcast(SPECIES, 1f).div(sum);
    for (int x = at; x < end; x += step) {
      FloatVector.fromArray(SPECIES, s, x).mul(share).intoArray(s, x);
    }
  }

  /** In lanes with a large logit: subtracts the largest one, and keeps e^x a normal number. */
  private static void shiftLargeLogits(float[] s, int at, int step, int end, IntVector magnitudes) {
    VectorMask<Float> large =
        magnitudes.compare(VectorOperators.GT, PLAIN_LOGIT_BITS).cast(SPECIES);
    FloatVector largest = FloatVector.fromArray(SPECIES, s, at);
    for (int x = at + step; x < end; x += step) {
      largest = largest.max(FloatVector.fromArray(SPECIES, s, x));
    }
    for (int x = at; x < end; x += step) {
      FloatVector logit = FloatVector.fromArray(SPECIES, s, x);
      logit.blend(logit.sub(largest).max(LEAST_EXPONENT), large).intoArray(s, x);
    }
  }

  /**
   * Converts lines of n gradients da of softmax weights a to those of the logits, a (da - sum of a
   * da). Processes four lines at a time, since each addition waits for the previous one of its sum:
   * {@code lines} is rounded up to a multiple of 4.
   *
   * @param a the first line's weights; the next line's follow {@code aStep} floats later
   * @param da the first line's gradients; the next line's follow {@code daStep} floats later
   */
  static void softmaxGradient(float[] s, int a, int aStep, int da, int daStep, int lines, int n) {
    for (int t = 0; t < lines; t += 4) {
      softmaxGradientOfFour(s, a + t * aStep, aStep, da + t * daStep, daStep, n);
    }
  }

  private static void softmaxGradientOfFour(
      float[] s, int a, int aStep, int da, int daStep, int n) {
    int a1 = a + aStep;
    int a2 = a + 2 * aStep;
    int a3 = a + 3 * aStep;
    int da1 = da + daStep;
    int da2 = da + 2 * daStep;
    int da3 = da + 3 * daStep;
    FloatVector sum0 =
        FloatVector.fromArray(SPECIES, s, a).mul(FloatVector.fromArray(SPECIES, s, da));
    FloatVector sum1 =
        FloatVector.fromArray(SPECIES, s, a1).mul(FloatVector.fromArray(SPECIES, s, da1));
    FloatVector sum2 =
        FloatVector.fromArray(SPECIES, s, a2).mul(FloatVector.fromArray(SPECIES, s, da2));
    FloatVector sum3 =
        FloatVector.fromArray(SPECIES, s, a3).mul(FloatVector.fromArray(SPECIES, s, da3));
    for (int i = LENGTH; i < n * LENGTH; i += LENGTH) {
      sum0 = addProduct(s, a + i, da + i, sum0);
      sum1 = addProduct(s, a1 + i, da1 + i, sum1);
      sum2 = addProduct(s, a2 + i, da2 + i, sum2);
      sum3 = addProduct(s, a3 + i, da3 + i, sum3);
    }
    for (int i = 0; i < n * LENGTH; i += LENGTH) {
      logitGradient(s, a + i, da + i, sum0);
      logitGradient(s, a1 + i, da1 + i, sum1);
      logitGradient(s, a2 + i, da2 + i, sum2);
      logitGradient(s, a3 + i, da3 + i, sum3);
    }
  }

  private static FloatVector addProduct(float[] s, int x, int y, FloatVector sum) {
    return FloatVector.fromArray(SPECIES, s, x).fma(FloatVector.fromArray(SPECIES, s, y), sum);
  }

  private static void logitGradient(float[] s, int a, int da, FloatVector sum) {
    FloatVector.fromArray(SPECIES, s, da)
        .sub(sum)
        .mul(FloatVector.fromArray(SPECIES, s, a))
        .intoArray(s, da);
  }

  /**
   * e^x, and NaN for NaN. For x within +-87 the relative error is about 2e-7, plus that of rounding
   * x log2(e). The result is a power of two times 2^f, f within +-1/2, computed by the polynomial
   * of least relative error that is 1 at 0.
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
    // The low bits of the rounded number contain the power of two: adding them to the exponent
    // multiplies by it.
    return p.reinterpretAsInts()
        .add(rounded.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23))
        .reinterpretAsFloats();
  }
}

package io.destine.train;

import io.destine.numeric.Conversions;

/**
 * Numbers as int64 multiples of 2^-bits, whose sums do not depend on the order. A number is rounded
 * to the nearest multiple, ties to even, when it is converted.
 *
 * <p>Adding 1.5 * 2^(52 - bits) to a double of magnitude below 2^(51 - bits) rounds it to a
 * multiple of 2^-bits and leaves the multiple in the low bits of the result's representation: a
 * conversion without a branch. Larger numbers and those that are not finite change the sign or the
 * exponent of the constant, and are converted in a slower way.
 */
final class GradientFixedPoint {
  /** Maximum number of fractional bits: a resolution of 6e-14. */
  static final int MAX_BITS = 44;

  private static final int SIGNIFICAND_BITS = 52;

  /** Multiples of smaller magnitude are converted without a branch. */
  private static final long FAST_MULTIPLES = 1L << (SIGNIFICAND_BITS - 1);

  /**
   * A multiple of magnitude below {@link #FAST_MULTIPLES} can be added to a sum of at most this
   * magnitude without overflow.
   */
  static final long ROOMY = Long.MAX_VALUE - FAST_MULTIPLES;

  private final int bits;
  private final double unit;
  private final double inverse;
  private final double magic;
  private final long magicBits;
  private final double fastLimit;
  private final double limit;

  GradientFixedPoint(int bits) {
    if (bits < 1 || bits > MAX_BITS) {
      throw new IllegalArgumentException("bits must be in [1, " + MAX_BITS + "], got " + bits);
    }
    this.bits = bits;
    unit = Math.scalb(1.0, bits);
    inverse = Math.scalb(1.0, -bits);
    magic = Math.scalb(1.5, 52 - bits);
    magicBits = Double.doubleToRawLongBits(magic);
    fastLimit = Math.scalb(1.0, 51 - bits);
    limit = Math.scalb(1.0, 62 - bits);
  }

  /**
   * Fractional bits for sums over batches with at most the given total weight: 62 minus the bits of
   * the largest sum, where a row contributes at most its weight times 64 to an element.
   */
  static int bitsFor(double weight) {
    return Math.max(1, Math.min(MAX_BITS, 61 - Math.getExponent(weight * 64)));
  }

  int bits() {
    return bits;
  }

  /**
   * Adds numbers to consecutive sums.
   *
   * @throws ArithmeticException when a number is not finite or too large, or a sum overflows; the
   *     sums are invalid then
   */
  void add(long[] sums, int offset, float[] values, int from, int n) {
    long over = 0;
    long range = 0;
    for (int i = 0; i < n; i++) {
      long rounded = Double.doubleToRawLongBits(values[from + i] + magic);
      long a = sums[offset + i];
      long b = rounded - magicBits;
      long sum = a + b;
      range |= rounded ^ magicBits;
      over |= (a ^ sum) & (b ^ sum);
      sums[offset + i] = sum;
    }
    if (range >>> SIGNIFICAND_BITS != 0) {
      addExactly(sums, offset, values, from, n);
    } else {
      requireNoOverflow(over);
    }
  }

  /**
   * Adds numbers to consecutive sums that are at most {@link #ROOMY} in magnitude: like {@link
   * #add}, with fewer checks.
   *
   * @return no less than the magnitude of every added multiple
   */
  long addToRoomy(long[] sums, int offset, float[] values, int from, int n) {
    long magnitude = 0;
    for (int i = 0; i < n; i++) {
      long b = Double.doubleToRawLongBits(values[from + i] + magic) - magicBits;
      magnitude |= b ^ (b >> 63);
      sums[offset + i] += b;
    }
    if (magnitude >= FAST_MULTIPLES) {
      return addExactly(sums, offset, values, from, n);
    }
    return magnitude + 1;
  }

  /** Reverts sums that overflowed, and adds the numbers again with all checks. */
  private long addExactly(long[] sums, int offset, float[] values, int from, int n) {
    double[] numbers = new double[n];
    for (int i = 0; i < n; i++) {
      sums[offset + i] -= Double.doubleToRawLongBits(values[from + i] + magic) - magicBits;
      numbers[i] = values[from + i];
    }
    return add(sums, offset, numbers, 0, n);
  }

  /**
   * Adds numbers to consecutive sums.
   *
   * @return no less than the magnitude of every added multiple
   */
  long add(long[] sums, int offset, double[] values, int from, int n) {
    long largest = 0;
    for (int i = 0; i < n; i++) {
      long multiple = convert(values[from + i]);
      sums[offset + i] = plus(sums[offset + i], multiple);
      largest = Math.max(largest, Math.abs(multiple));
    }
    return largest;
  }

  /**
   * A number as a multiple of 2^-bits.
   *
   * @throws ArithmeticException when it is not finite or too large
   */
  long convert(double value) {
    return Math.abs(value) < fastLimit
        ? Double.doubleToRawLongBits(value + magic) - magicBits
        : exact(value);
  }

  private long exact(double value) {
    if (!(Math.abs(value) < limit)) {
      throw new ArithmeticException(
          "a gradient or loss must be finite and below "
              + limit
              + ", got "
              + value
              + " (is the learning rate, a weight or an input number too large?)");
    }
    return (long) Math.rint(value * unit);
  }

  /** Adds consecutive sums to others. */
  static void merge(long[] into, int offset, long[] from, int start, int n) {
    long over = 0;
    for (int i = 0; i < n; i++) {
      long a = into[offset + i];
      long b = from[start + i];
      long sum = a + b;
      over |= (a ^ sum) & (b ^ sum);
      into[offset + i] = sum;
    }
    requireNoOverflow(over);
  }

  /**
   * The sum of two sums.
   *
   * @throws ArithmeticException when it overflows
   */
  static long plus(long a, long b) {
    long sum = a + b;
    requireNoOverflow((a ^ sum) & (b ^ sum));
    return sum;
  }

  private static void requireNoOverflow(long over) {
    if (over < 0) {
      throw new ArithmeticException(
          "the sum of gradients must fit in 64 bits, got an overflow (is the learning rate or an"
              + " input number too large?)");
    }
  }

  /** Converts the first n sums to numbers. */
  double[] toDoubles(long[] sums, int n) {
    double[] values = new double[n];
    toDoubles(sums, 0, n, values, 0);
    return values;
  }

  /** Converts n sums to numbers, written to {@code into}, from {@code at} on. */
  void toDoubles(long[] sums, int offset, int n, double[] into, int at) {
    Conversions.BEST.multiples(sums, offset, inverse, into, at, n);
  }

  double toDouble(long sum) {
    return sum * inverse;
  }
}

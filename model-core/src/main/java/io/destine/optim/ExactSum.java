package io.destine.optim;

/**
 * A sum of doubles that are not negative, without rounding: the same for any order of additions and
 * merges. An array of digits of 32 bits, each in a long, takes the bits of a number where they
 * belong; carries are propagated when a digit may be about to overflow. One thread.
 */
final class ExactSum {
  private static final int DIGIT_BITS = 32;
  private static final long DIGIT = (1L << DIGIT_BITS) - 1;

  /** Of all exponents of a double, and of the carries of 2^63 numbers. */
  private static final int DIGITS = 2048 / DIGIT_BITS + 4;

  /** The unit of digit 0 is 2 to this power. */
  private static final int UNIT = -1075;

  private static final int MOST_ADDITIONS = 1 << 30;

  private final long[] digits = new long[DIGITS];
  private int additions;

  /**
   * Adds a number.
   *
   * @throws ArithmeticException when it is negative or not finite
   */
  void add(double number) {
    long bits = Double.doubleToRawLongBits(number);
    int exponent = (int) (bits >>> 52);
    if (exponent >= 2047) {
      throw new ArithmeticException("a square must be finite and not negative, got " + number);
    }
    long mantissa = bits & ((1L << 52) - 1);
    if (exponent == 0) {
      exponent = 1;
    } else {
      mantissa |= 1L << 52;
    }
    int digit = exponent / DIGIT_BITS;
    int shift = exponent % DIGIT_BITS;
    long low = (mantissa & DIGIT) << shift;
    long high = (mantissa >>> DIGIT_BITS) << shift;
    digits[digit] += low & DIGIT;
    digits[digit + 1] += (low >>> DIGIT_BITS) + (high & DIGIT);
    digits[digit + 2] += high >>> DIGIT_BITS;
    if (++additions == MOST_ADDITIONS) {
      carry();
    }
  }

  /** Adds another sum, which is 0 afterwards. */
  void take(ExactSum other) {
    carry();
    other.carry();
    for (int i = 0; i < DIGITS; i++) {
      digits[i] += other.digits[i];
      other.digits[i] = 0;
    }
    carry();
  }

  private void carry() {
    for (int i = 0; i < DIGITS - 1; i++) {
      digits[i + 1] += digits[i] >>> DIGIT_BITS;
      digits[i] &= DIGIT;
    }
    additions = 0;
  }

  /** The sum, with the rounding of two additions. */
  double toDouble() {
    carry();
    int top = DIGITS - 1;
    while (top > 2 && digits[top] == 0) {
      top--;
    }
    double sum = 0;
    for (int i = top - 2; i <= top; i++) {
      sum += Math.scalb((double) digits[i], UNIT + DIGIT_BITS * i);
    }
    return sum;
  }
}

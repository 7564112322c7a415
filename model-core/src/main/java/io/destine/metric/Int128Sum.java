package io.destine.metric;

import java.io.Serializable;
import java.math.BigInteger;

/**
 * An exact sum of signed 128 bits. Addition of integers is associative and commutative, so the sum
 * is the same for any order and grouping of its terms. Mutable, not thread-safe. Sums beyond 2^127
 * wrap around: callers must bound their terms.
 */
final class Int128Sum implements Serializable {
  private static final long serialVersionUID = 1;

  private long high;
  private long low;

  /** Adds a * b, signed 64-bit factors. */
  void addProduct(long a, long b) {
    add(Math.multiplyHigh(a, b), a * b);
  }

  /** Adds another sum. */
  void add(Int128Sum other) {
    add(other.high, other.low);
  }

  private void add(long otherHigh, long otherLow) {
    long sum = low + otherLow;
    long carry = Long.compareUnsigned(sum, low) < 0 ? 1 : 0;
    low = sum;
    high += otherHigh + carry;
  }

  /** The sum as a big integer. */
  BigInteger toBigInteger() {
    BigInteger unsignedLow = new BigInteger(Long.toUnsignedString(low));
    return BigInteger.valueOf(high).shiftLeft(Long.SIZE).add(unsignedLow);
  }

  /** The double nearest to the sum. */
  double toDouble() {
    return high == low >> 63 ? low : toBigInteger().doubleValue();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Int128Sum that && high == that.high && low == that.low;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(high * 31 + low);
  }

  @Override
  public String toString() {
    return toBigInteger().toString();
  }
}

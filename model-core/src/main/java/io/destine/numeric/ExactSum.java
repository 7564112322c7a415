package io.destine.numeric;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.io.Serializable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;

/**
 * The exact sum of doubles, which does not depend on their order: every double is an integer
 * multiple of 2^-1074, stored in limbs of 32 bits. A sum has at most 2^31 numbers. Not thread-safe.
 */
public final class ExactSum implements Serializable {
  private static final long serialVersionUID = 1;
  private static final int LIMB_BITS = 32;
  private static final int LIMBS = 2 * 1076 / LIMB_BITS + 3;
  private static final int LEAST_EXPONENT = 1074;
  private static final int FRACTION_BITS = 52;
  private static final long FRACTION = (1L << FRACTION_BITS) - 1;
  private static final long LIMB = (1L << LIMB_BITS) - 1;

  private final long[] limbs = new long[LIMBS];
  private long count;

  /** Adds a finite number. */
  public void add(double x) {
    long bits = Double.doubleToRawLongBits(x);
    int exponent = (int) (bits >>> FRACTION_BITS) & 0x7FF;
    long fraction = bits & FRACTION;
    if (exponent == 0) {
      exponent = 1;
    } else {
      fraction |= FRACTION + 1;
    }
    int place = exponent - 1;
    int limb = place / LIMB_BITS;
    int shift = place % LIMB_BITS;
    long low = (fraction & LIMB) << shift;
    long high = (fraction >>> LIMB_BITS) << shift;
    long first = low & LIMB;
    long second = (low >>> LIMB_BITS) + (high & LIMB);
    long third = high >>> LIMB_BITS;
    if (bits < 0) {
      first = -first;
      second = -second;
      third = -third;
    }
    limbs[limb] += first;
    limbs[limb + 1] += second;
    limbs[limb + 2] += third;
    count++;
  }

  /** Adds the numbers of another sum. */
  public ExactSum plus(ExactSum other) {
    for (int i = 0; i < LIMBS; i++) {
      limbs[i] += other.limbs[i];
    }
    for (int i = 0; i + 1 < LIMBS; i++) {
      limbs[i + 1] += limbs[i] >> LIMB_BITS;
      limbs[i] &= LIMB;
    }
    count += other.count;
    return this;
  }

  /** Writes the sum for {@link #read}. */
  public void write(DataOutput out) throws IOException {
    out.writeLong(count);
    for (long limb : limbs) {
      out.writeLong(limb);
    }
  }

  /** Reads a sum that {@link #write} wrote. */
  public static ExactSum read(DataInput in) throws IOException {
    ExactSum sum = new ExactSum();
    sum.count = in.readLong();
    for (int i = 0; i < LIMBS; i++) {
      sum.limbs[i] = in.readLong();
    }
    return sum;
  }

  /** Numbers added. */
  public long count() {
    return count;
  }

  /** The sum, rounded once; infinite beyond the largest double. */
  public double value() {
    return over(1);
  }

  /** The sum over the count, rounded once; NaN when nothing was added. */
  public double mean() {
    return count == 0 ? Double.NaN : over(count);
  }

  private double over(long divisor) {
    BigInteger total = BigInteger.ZERO;
    for (int i = LIMBS - 1; i >= 0; i--) {
      total = total.shiftLeft(LIMB_BITS).add(BigInteger.valueOf(limbs[i]));
    }
    BigInteger unit =
        BigInteger.ONE.shiftLeft(LEAST_EXPONENT).multiply(BigInteger.valueOf(divisor));
    // 40 digits of the quotient determine the nearest double, except in constructed cases.
    return new BigDecimal(total).divide(new BigDecimal(unit), new MathContext(40)).doubleValue();
  }
}

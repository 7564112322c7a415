package io.destine.metric;

/**
 * Functions of a logit z, bit-identical on every machine through {@link StrictMath}: the
 * probability sigmoid(z), binary cross-entropy, and a 64-bit integer with the same order.
 */
public final class Logits {
  private Logits() {}

  /** sigmoid(z) = 1 / (1 + exp(-z)), in [0, 1]. */
  public static double probability(double z) {
    if (z >= 0) {
      return 1 / (1 + StrictMath.exp(-z));
    }
    double e = StrictMath.exp(z);
    return e / (1 + e);
  }

  /**
   * Binary cross-entropy of a logit: max(z, 0) - z y + log(1 + exp(-|z|)).
   *
   * @param positive the label y, true for 1
   */
  public static double loss(double z, boolean positive) {
    double margin = positive ? z : -z;
    return Math.max(-margin, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(z)));
  }

  /** An integer with the order of finite logits; it is equal for -0 and 0. */
  static long key(double z) {
    long bits = Double.doubleToRawLongBits(z + 0.0);
    return bits ^ ((bits >> 63) & Long.MAX_VALUE);
  }

  /**
   * The logit itself.
   *
   * @throws IllegalArgumentException when it is infinite or not a number, naming the row
   */
  static double requireFinite(double z, int row) {
    if (!Double.isFinite(z)) {
      throw new IllegalArgumentException("row " + row + ": logit must be finite, got " + z);
    }
    return z;
  }

  /**
   * True for the label 1, false for 0.
   *
   * @throws IllegalArgumentException for any other label, naming the row
   */
  static boolean requirePositive(float label, int row) {
    if (label != 0 && label != 1) {
      throw new IllegalArgumentException("row " + row + ": label must be 0 or 1, got " + label);
    }
    return label == 1;
  }
}

package io.destine.spark.generate;

/**
 * A bounded Zipf distribution of ranks 1 .. n, drawn by inverting its distribution function: X has
 * density proportional to x^-s on [1, n + 1), and the rank is the integer part of X. With e = 1 -
 * s,
 *
 * <pre>
 *   F(x) = (x^e - 1) / ((n + 1)^e - 1)       X = (1 + u ((n + 1)^e - 1))^(1/e)
 *   F(x) = ln x / ln(n + 1)                  X = (n + 1)^u                       when s = 1
 * </pre>
 *
 * so that P(rank = k) = F(k + 1) - F(k), which decreases like k^-s except for the first few k. s =
 * 0 is uniform. Uses {@link StrictMath}, so ranks are identical on every machine. Immutable.
 */
final class Zipf {
  /** An exponent this close to 1 is treated as 1, where the power loses precision. */
  private static final double NEAR_ONE = 1e-9;

  private final int n;
  private final boolean logarithmic;
  private final double inverse;
  private final double span;

  /**
   * The distribution.
   *
   * @param n number of ranks, at least 1
   * @param s exponent, at least 0
   */
  Zipf(int n, double s) {
    if (n < 1 || !(s >= 0)) {
      throw new IllegalArgumentException(
          "n must be at least 1 and s at least 0, got n = " + n + ", s = " + s);
    }
    this.n = n;
    logarithmic = Math.abs(1 - s) < NEAR_ONE;
    inverse = logarithmic ? 0 : 1 / (1 - s);
    span = logarithmic ? 0 : StrictMath.pow(n + 1.0, 1 - s) - 1;
  }

  /** The rank, 1 .. n, for u in [0, 1); non-decreasing in u. */
  int rank(double u) {
    double x = logarithmic ? StrictMath.pow(n + 1.0, u) : StrictMath.pow(1 + u * span, inverse);
    return (int) Math.min(x, n);
  }
}

package io.destine.feature;

/** Converts finite numbers to the names of their buckets, which are values of the vocabulary. */
final class Buckets {
  private Buckets() {}

  /**
   * floor(ln(x)^2) for x &gt; 2. Smaller numbers are rounded down to integers, each a separate
   * bucket, marked with "=" because floor(ln(x)^2) takes the values 0, 1 and 2 as well.
   */
  static String logSquared(double x) {
    if (x > 2) {
      double log = StrictMath.log(x);
      return Long.toString((long) Math.floor(log * log));
    }
    return "=" + RawValues.text(Math.floor(x));
  }

  /** The number of cut points below x; cut points ascend. */
  static String quantile(double[] cuts, double x) {
    int low = 0;
    int high = cuts.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (cuts[middle] < x) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return Integer.toString(low);
  }
}

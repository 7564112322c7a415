package io.destine.optim;

/**
 * The shares of steps in an average a of parameters w. Every stride-th step is a sample: a_k =
 * a_(k-1) + c_k (w - a_(k-1)) for the k-th sample, where c_k = 1 / min(k, horizon). Up to the
 * horizon all samples have equal shares, so the initial values have none; from then on it is an
 * exponential moving average.
 *
 * @param start the last step before the average
 * @param horizon in samples
 * @param stride steps from one sample to the next
 */
record AverageShares(int start, int horizon, int stride) {
  AverageShares {
    if (horizon < 1 || stride < 1) {
      throw new IllegalArgumentException(
          "horizon and stride must be at least 1, got " + horizon + " and " + stride);
    }
  }

  /** Whether a step is a sample. */
  boolean takes(int step) {
    return step > start && (step - start) % stride == 0;
  }

  /** Samples up to and including a step. */
  int samples(int step) {
    return Math.max(0, (step - start) / stride);
  }

  /** c of a sample. */
  double share(int step) {
    return 1.0 / Math.min(samples(step), horizon);
  }

  /**
   * The share of the earlier average that remains after the samples from {@code from}, exclusive,
   * to {@code to}: prod (1 - c).
   */
  double kept(int from, int to) {
    int before = samples(from);
    int after = samples(to);
    if (after <= before) {
      return 1;
    }
    double kept = before < horizon ? (double) before / Math.min(after, horizon) : 1;
    int late = after - Math.max(before, horizon);
    return late > 0 ? kept * StrictMath.pow(1 - 1.0 / horizon, late) : kept;
  }
}

package io.destine.optim;

/**
 * The shares of steps in an average a of parameters w: a_t = a_(t-1) + c_t (w_t - a_(t-1)), where
 * c_t = 1 / min(t - start, horizon). Up to the horizon all steps count alike, so that nothing is
 * left of the initial values; from then on it is an exponential moving average.
 *
 * @param start the last step before the average
 * @param horizon in steps
 */
record AverageShares(int start, int horizon) {
  AverageShares {
    if (horizon < 1) {
      throw new IllegalArgumentException("horizon must be at least 1 step, got " + horizon);
    }
  }

  /** c of a step. */
  double share(int step) {
    return 1.0 / Math.min(step - start, horizon);
  }

  /** What the steps after {@code from} up to {@code to} leave of the average: prod (1 - c). */
  double kept(int from, int to) {
    int before = from - start;
    int after = to - start;
    if (after <= before) {
      return 1;
    }
    double kept = before < horizon ? (double) before / Math.min(after, horizon) : 1;
    int late = after - Math.max(before, horizon);
    return late > 0 ? kept * StrictMath.pow(1 - 1.0 / horizon, late) : kept;
  }
}

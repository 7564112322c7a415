package io.destine.spark.tune;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.math3.distribution.TDistribution;

/**
 * The difference of a figure of the test rows between a trial and the configuration, trained with
 * the same seeds: the mean over the seeds, and a confidence interval of 95 % from the differences
 * of single seeds by Student's t distribution.
 */
record Difference(double mean, double low, double high) {
  private static final double UPPER = 0.975;

  /**
   * The difference of a figure.
   *
   * @param key of the figure, such as auc
   * @return empty if a training run has failed or there are fewer than two seeds
   */
  static Optional<Difference> of(Standing trial, Standing configuration, String key) {
    double[] ours = trial.tests(key);
    double[] theirs = configuration.tests(key);
    int seeds = ours.length;
    if (seeds < 2 || theirs.length != seeds) {
      return Optional.empty();
    }
    double mean = 0;
    for (int n = 0; n < seeds; n++) {
      mean += (ours[n] - theirs[n]) / seeds;
    }
    double squares = 0;
    for (int n = 0; n < seeds; n++) {
      squares += (ours[n] - theirs[n] - mean) * (ours[n] - theirs[n] - mean);
    }
    double half =
        new TDistribution(seeds - 1).inverseCumulativeProbability(UPPER)
            * StrictMath.sqrt(squares / (seeds - 1) / seeds);
    return Optional.of(new Difference(mean, mean - half, mean + half));
  }

  /** Such as {@code -0.0012 (-0.0020 to -0.0004)}. */
  String words() {
    return String.format(Locale.ROOT, "%+.4f (%+.4f to %+.4f)", mean, low, high);
  }

  void putInto(ObjectNode json) {
    json.put("mean", mean);
    json.put("low", low);
    json.put("high", high);
  }
}

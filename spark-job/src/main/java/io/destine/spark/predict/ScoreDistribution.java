package io.destine.spark.predict;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.numeric.ExactSum;
import java.io.Serializable;
import java.util.List;
import java.util.Locale;

/**
 * The distribution of probabilities: exact mean, minimum, maximum and standard deviation, and
 * quantiles from a histogram of the logit. Its {@value #BINS} bins of width 1/256 cover the logits
 * from -16 to 16; the outermost bins also take all logits beyond. A quantile is the middle of its
 * bin: inside this range the error of its logit is at most 1/512, so the error of the probability
 * is at most {@value #QUANTILE_ERROR} everywhere. Counts and sums are exact, so they do not depend
 * on the order and partitioning of rows. Mutable; one thread.
 */
public final class ScoreDistribution implements Serializable {
  private static final long serialVersionUID = 1;

  /** The quantiles in {@link #toJson}. */
  public static final List<Double> QUANTILES = List.of(0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99);

  /** Maximum error of a quantile. */
  public static final double QUANTILE_ERROR = 0.0005;

  private static final int BINS = 8192;
  private static final int BINS_PER_UNIT = 256;

  private final ExactSum sum = new ExactSum();
  private final ExactSum squares = new ExactSum();
  private double min = Double.POSITIVE_INFINITY;
  private double max = Double.NEGATIVE_INFINITY;

  /** Rows of each bin; allocated with the first row, since Spark sends an empty object to tasks. */
  private long[] bins = {};

  /** A distribution of no rows. */
  ScoreDistribution() {}

  /** Adds a row. */
  void add(double logit, double probability) {
    allocate();
    sum.add(probability);
    squares.add(probability * probability);
    min = Math.min(min, probability);
    max = Math.max(max, probability);
    double bin = Math.floor(logit * BINS_PER_UNIT) + BINS / 2;
    bins[(int) Math.max(0, Math.min(BINS - 1, bin))]++;
  }

  /** Adds the rows of another distribution. */
  void merge(ScoreDistribution other) {
    if (other.rows() == 0) {
      return;
    }
    allocate();
    sum.plus(other.sum);
    squares.plus(other.squares);
    min = Math.min(min, other.min);
    max = Math.max(max, other.max);
    for (int b = 0; b < BINS; b++) {
      bins[b] += other.bins[b];
    }
  }

  private void allocate() {
    if (bins.length == 0) {
      bins = new long[BINS];
    }
  }

  /** Number of rows with a probability. */
  public long rows() {
    return sum.count();
  }

  /** The mean; without rows NaN, like all figures below. */
  public double mean() {
    return sum.mean();
  }

  /** The standard deviation of these rows: the root of the mean squared distance from the mean. */
  public double standardDeviation() {
    if (rows() == 0 || min == max) {
      return rows() == 0 ? Double.NaN : 0;
    }
    return Math.sqrt(Math.max(0, squares.mean() - mean() * mean()));
  }

  /** The minimum probability. */
  public double min() {
    return rows() == 0 ? Double.NaN : min;
  }

  /** The maximum probability. */
  public double max() {
    return rows() == 0 ? Double.NaN : max;
  }

  /**
   * The smallest probability p such that at least this share of the rows have a probability of at
   * most p, with an error of at most {@value #QUANTILE_ERROR}.
   *
   * @param share in (0, 1]
   */
  public double quantile(double share) {
    if (rows() == 0) {
      return Double.NaN;
    }
    long rank = Math.max(1, (long) Math.ceil(share * rows()));
    int bin = -1;
    for (long below = 0; below < rank; below += bins[bin]) {
      bin++;
    }
    double logit = (bin - BINS / 2 + 0.5) / BINS_PER_UNIT;
    return Math.max(min, Math.min(max, 1 / (1 + StrictMath.exp(-logit))));
  }

  /** The figures by name; an empty object without rows. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    if (rows() == 0) {
      return json;
    }
    json.put("mean", mean());
    json.put("standard_deviation", standardDeviation());
    json.put("min", min());
    json.put("max", max());
    ObjectNode quantiles = json.putObject("quantiles");
    QUANTILES.forEach(share -> quantiles.put(Double.toString(share), quantile(share)));
    return json;
  }

  /** The figures in two lines. */
  @Override
  public String toString() {
    if (rows() == 0) {
      return "no probabilities";
    }
    StringBuilder text =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "mean %.4g  standard deviation %.4g  min %.4g  max %.4g%nquantiles:",
                mean(),
                standardDeviation(),
                min(),
                max()));
    for (double share : QUANTILES) {
      text.append(String.format(Locale.ROOT, "  %.0f %% %.4g", 100 * share, quantile(share)));
    }
    return text.toString();
  }
}

package io.destine.metric;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;

/**
 * The weighted sums over rows for log loss, calibration and the reliability table: sum w loss(z,
 * y), and for each bin of equal width in probability sum w p and sum w y. Each row's loss and
 * probability are rounded to 2^-40, its weight to a {@link WeightUnit}; sums are exact, so merges
 * are associative and commutative to the bit. Mutable, not thread-safe.
 */
public final class ProbabilitySums implements Serializable {
  private static final long serialVersionUID = 1;

  /** Bins of the reliability table. */
  public static final int BINS = 20;

  /** Bits after the point of a loss or a probability. */
  private static final int VALUE_BITS = 40;

  private final WeightUnit unit;
  private final long[] rows = new long[BINS];
  private long positiveRows;
  private final long[] positive = new long[BINS];
  private final long[] negative = new long[BINS];
  private final Int128Sum[] predicted = new Int128Sum[BINS];
  private final Int128Sum loss = new Int128Sum();
  private double lowestLogit = Double.POSITIVE_INFINITY;
  private double highestLogit = Double.NEGATIVE_INFINITY;

  /**
   * Sums over no rows.
   *
   * @param unit of weights, the same for all sums that are merged
   */
  public ProbabilitySums(WeightUnit unit) {
    this.unit = unit;
    Arrays.setAll(predicted, b -> new Int128Sum());
  }

  /**
   * Adds rows.
   *
   * @param logits [N], finite
   * @param labels [N], 0 or 1
   * @param weights [N], or null when all are 1
   * @throws IllegalArgumentException naming the first row with a bad logit, label or weight
   */
  public void add(double[] logits, float[] labels, float[] weights) {
    for (int i = 0; i < logits.length; i++) {
      double z = Logits.requireFinite(logits[i], i) + 0.0;
      boolean label = Logits.requirePositive(labels[i], i);
      long weight = unit.units(weights, i);
      double p = Logits.probability(z);
      int bin = Math.min(BINS - 1, (int) (p * BINS));
      rows[bin]++;
      positiveRows += label ? 1 : 0;
      long[] side = label ? positive : negative;
      side[bin] = ClassWeights.add(side[bin], weight);
      predicted[bin].addProduct(weight, value(p));
      loss.addProduct(weight, value(Logits.loss(z, label)));
      lowestLogit = Math.min(lowestLogit, z);
      highestLogit = Math.max(highestLogit, z);
    }
  }

  /** Adds the sums of other rows. */
  public void merge(ProbabilitySums other) {
    positiveRows += other.positiveRows;
    for (int b = 0; b < BINS; b++) {
      rows[b] += other.rows[b];
      positive[b] = ClassWeights.add(positive[b], other.positive[b]);
      negative[b] = ClassWeights.add(negative[b], other.negative[b]);
      predicted[b].add(other.predicted[b]);
    }
    loss.add(other.loss);
    lowestLogit = Math.min(lowestLogit, other.lowestLogit);
    highestLogit = Math.max(highestLogit, other.highestLogit);
  }

  /** Number of rows. */
  public long rows() {
    return Arrays.stream(rows).sum();
  }

  /** Number of rows with label 1, regardless of their weights. */
  public long positiveRows() {
    return positiveRows;
  }

  /** Weight of all rows. */
  public double weight() {
    return unit.weight(weights().total());
  }

  /** Weight of each class. */
  public ClassWeights weights() {
    ClassWeights total = ClassWeights.ZERO;
    for (int b = 0; b < BINS; b++) {
      total = total.plus(new ClassWeights(positive[b], negative[b]));
    }
    return total;
  }

  /** Weighted mean binary cross-entropy, or empty without weight. */
  public OptionalDouble logLoss() {
    return mean(loss.toDouble() * 0x1p-40);
  }

  /** Weighted share of label 1, or empty without weight. */
  public OptionalDouble baseRate() {
    return mean(weights().positive());
  }

  /** Weighted mean probability, or empty without weight. */
  public OptionalDouble meanPrediction() {
    return mean(predicted().toDouble() * 0x1p-40);
  }

  /**
   * Log loss over the entropy of the base rate: 1 for the best constant prediction. Empty unless
   * both classes have weight.
   */
  public OptionalDouble normalizedEntropy() {
    if (!weights().hasBoth()) {
      return OptionalDouble.empty();
    }
    double total = weights().total();
    double entropy =
        surprise(weights().positive() / total) + surprise(weights().negative() / total);
    return OptionalDouble.of(logLoss().getAsDouble() / entropy);
  }

  /** -q log q; finite even for the smallest shares, where 1 - q rounds to 1. */
  private static double surprise(double share) {
    return -share * StrictMath.log(share);
  }

  /** Sum of probabilities over sum of labels: 1 when calibrated. Empty without positive weight. */
  public OptionalDouble calibration() {
    long labels = weights().positive();
    return labels == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(predicted().toDouble() * 0x1p-40 / labels);
  }

  /** A loss or a probability in units of 2^-40; beyond 2^23 it is clamped. */
  private static long value(double value) {
    return Math.round(value * 0x1p40);
  }

  /**
   * Expected calibration error: sum over bins of (weight of bin / weight) |mean probability - share
   * of label 1|. Empty without weight.
   */
  public OptionalDouble ece() {
    double gap = 0;
    for (int b = 0; b < BINS; b++) {
      Int128Sum difference = new Int128Sum();
      difference.add(predicted[b]);
      difference.addProduct(-positive[b], 1L << VALUE_BITS);
      gap += Math.abs(difference.toDouble()) * 0x1p-40;
    }
    return mean(gap);
  }

  /** The reliability table: {@value #BINS} bins in ascending order. */
  public List<ReliabilityBin> reliability() {
    List<ReliabilityBin> table = new ArrayList<>();
    for (int b = 0; b < BINS; b++) {
      double weight = ClassWeights.add(positive[b], negative[b]);
      double divisor = weight == 0 ? 1 : weight;
      table.add(
          new ReliabilityBin(
              (double) b / BINS,
              (double) (b + 1) / BINS,
              rows[b],
              unit.weight(weight),
              predicted[b].toDouble() * 0x1p-40 / divisor,
              positive[b] / divisor));
    }
    return table;
  }

  /** The lowest predicted probability, or empty without rows. */
  public OptionalDouble minPrediction() {
    return rows() == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(Logits.probability(lowestLogit));
  }

  /** The highest predicted probability, or empty without rows. */
  public OptionalDouble maxPrediction() {
    return rows() == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(Logits.probability(highestLogit));
  }

  /** True when there are at least two rows and all have the same logit. */
  public boolean constant() {
    return rows() > 1 && lowestLogit == highestLogit;
  }

  private Int128Sum predicted() {
    Int128Sum sum = new Int128Sum();
    for (Int128Sum bin : predicted) {
      sum.add(bin);
    }
    return sum;
  }

  private OptionalDouble mean(double sum) {
    long weight = weights().total();
    return weight == 0 ? OptionalDouble.empty() : OptionalDouble.of(sum / weight);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ProbabilitySums that
        && unit.equals(that.unit)
        && Arrays.equals(rows, that.rows)
        && positiveRows == that.positiveRows
        && Arrays.equals(positive, that.positive)
        && Arrays.equals(negative, that.negative)
        && Arrays.equals(predicted, that.predicted)
        && loss.equals(that.loss)
        && Double.compare(lowestLogit, that.lowestLogit) == 0
        && Double.compare(highestLogit, that.highestLogit) == 0;
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(rows) + 31 * loss.hashCode();
  }
}

package io.destine.metric;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Weights of both classes by bins of the logit, for computing ROC and precision-recall curves,
 * threshold tables and confidence intervals. A bin is 1/32 wide; {@value #BINS} bins cover the
 * logits from -16 to 16, and the outermost bins include all logits beyond. Thresholds between bins
 * are exact, for any base rate. Sums are integers, so merges are associative and commutative to the
 * bit. Mutable, not thread-safe.
 *
 * <p>Standard errors, with row weights w and effective numbers of rows m = (sum w)^2 / sum w^2:
 *
 * <pre>
 *   log loss L:  SE^2 = sum w^2 (l - L)^2 / (sum w)^2  *  m / (m - 1)
 *   AUC A:       SE^2 = sum_+ w^2 (V - A)^2 / P^2  *  m+ / (m+ - 1)  +  the same for the negatives
 * </pre>
 *
 * <p>V is a positive row's share of negatives below it, or a negative row's share of positives
 * above it, rows of the same bin counted half: the estimate of DeLong, DeLong and Clarke-Pearson
 * (1988) at the resolution of the bins.
 */
public final class ThresholdSums implements Serializable {
  private static final long serialVersionUID = 1;

  /** Number of bins. */
  public static final int BINS = 1024;

  private static final int BINS_PER_UNIT = 32;
  private static final int ZERO = BINS / 2;

  /** Largest factor of a squared term, so that 2^25 such terms fit into 127 bits. */
  private static final long LARGEST_FACTOR = 1L << 50;

  private final WeightUnit unit;
  private final long[] positive = new long[BINS];
  private final long[] negative = new long[BINS];
  private final Int128Sum[] positiveSquares = zeros();
  private final Int128Sum[] negativeSquares = zeros();
  private final Int128Sum loss = new Int128Sum();
  private final Int128Sum weightLoss = new Int128Sum();
  private final Int128Sum lossSquares = new Int128Sum();

  private static Int128Sum[] zeros() {
    Int128Sum[] sums = new Int128Sum[BINS];
    Arrays.setAll(sums, b -> new Int128Sum());
    return sums;
  }

  /** Sums over no rows, for rows of weight 1. */
  public ThresholdSums() {
    this(WeightUnit.OF_ONES);
  }

  /**
   * Sums over no rows.
   *
   * @param unit of weights, the same for all sums that are merged
   */
  public ThresholdSums(WeightUnit unit) {
    this.unit = unit;
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
      double z = Logits.requireFinite(logits[i], i);
      boolean label = Logits.requirePositive(labels[i], i);
      long weight = unit.units(weights, i);
      int bin = bin(z);
      long[] side = label ? positive : negative;
      side[bin] = ClassWeights.add(side[bin], weight);
      long factor = Math.min(unit.factor(weight), LARGEST_FACTOR);
      (label ? positiveSquares : negativeSquares)[bin].addProduct(factor, factor);
      double rowLoss = Logits.loss(z, label);
      long product = (long) Math.min(LARGEST_FACTOR, Math.rint(factor * rowLoss));
      loss.addProduct(product, 1);
      weightLoss.addProduct(factor, product);
      lossSquares.addProduct(product, product);
    }
  }

  private static int bin(double z) {
    return (int) Math.max(0, Math.min(BINS - 1, Math.floor(z * BINS_PER_UNIT) + ZERO));
  }

  /** Adds the sums of other rows. */
  public void merge(ThresholdSums other) {
    for (int b = 0; b < BINS; b++) {
      positive[b] = ClassWeights.add(positive[b], other.positive[b]);
      negative[b] = ClassWeights.add(negative[b], other.negative[b]);
      positiveSquares[b].add(other.positiveSquares[b]);
      negativeSquares[b].add(other.negativeSquares[b]);
    }
    loss.add(other.loss);
    weightLoss.add(other.weightLoss);
    lossSquares.add(other.lossSquares);
  }

  /** Weight of each class. */
  public ClassWeights weights() {
    return new ClassWeights(Arrays.stream(positive).sum(), Arrays.stream(negative).sum());
  }

  /**
   * The selections at the thresholds between bins, from the highest to the lowest, which selects
   * all rows; a threshold with the same selection as the previous one is left out. Empty unless
   * both classes have weight.
   */
  public List<ThresholdPoint> points() {
    ClassWeights total = weights();
    List<ThresholdPoint> points = new ArrayList<>();
    if (!total.hasBoth()) {
      return points;
    }
    double p = 0;
    double n = 0;
    for (int b = BINS - 1; b >= 0; b--) {
      if (positive[b] + negative[b] > 0) {
        p += positive[b];
        n += negative[b];
        points.add(
            new ThresholdPoint(
                b == 0 ? 0 : Logits.probability((double) (b - ZERO) / BINS_PER_UNIT),
                (p + n) / total.total(),
                p / total.positive(),
                n / total.negative(),
                p / (p + n)));
      }
    }
    return points;
  }

  /** The area under the ROC curve of {@link #points}: AUC at the resolution of the bins. */
  public OptionalDouble area() {
    double area = 0;
    double recall = 0;
    double falsePositiveRate = 0;
    List<ThresholdPoint> points = points();
    for (ThresholdPoint point : points) {
      area += (point.falsePositiveRate() - falsePositiveRate) * (point.recall() + recall) / 2;
      recall = point.recall();
      falsePositiveRate = point.falsePositiveRate();
    }
    return points.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(area);
  }

  /**
   * Standard error of the AUC; empty when a class has a single row, or the classes are separated.
   */
  public OptionalDouble aucError() {
    ClassWeights total = weights();
    if (!total.hasBoth()) {
      return OptionalDouble.empty();
    }
    double auc = area().getAsDouble();
    double p = total.positive();
    double n = total.negative();
    double below = 0;
    double above = p;
    double positiveSum = 0;
    double negativeSum = 0;
    double positiveSquare = 0;
    double negativeSquare = 0;
    for (int b = 0; b < BINS; b++) {
      above -= positive[b];
      double ofPositive = (below + 0.5 * negative[b]) / n - auc;
      double ofNegative = (above + 0.5 * positive[b]) / p - auc;
      double squares = square(positiveSquares[b]);
      positiveSum += squares * ofPositive * ofPositive;
      positiveSquare += squares;
      squares = square(negativeSquares[b]);
      negativeSum += squares * ofNegative * ofNegative;
      negativeSquare += squares;
      below += negative[b];
    }
    return Interval.standardError(
        positiveSum / (p * p) * correction(p, positiveSquare)
            + negativeSum / (n * n) * correction(n, negativeSquare));
  }

  /** Standard error of the log loss; empty for a single row or equal losses. */
  public OptionalDouble logLossError() {
    double squares = 0;
    for (int b = 0; b < BINS; b++) {
      squares += square(positiveSquares[b]) + square(negativeSquares[b]);
    }
    double weight = weights().total();
    double mean = unit.ofFactors(loss.toDouble()) / weight;
    double lossSquare = square(lossSquares);
    double sum = lossSquare - 2 * mean * square(weightLoss) + mean * mean * squares;
    // If all losses are equal, only rounding errors remain, which are not a variance.
    return sum <= 1e-9 * lossSquare
        ? OptionalDouble.empty()
        : Interval.standardError(sum / (weight * weight) * correction(weight, squares));
  }

  /** A sum of products of factors, in squares of the unit. */
  private double square(Int128Sum sum) {
    return unit.ofFactors(unit.ofFactors(sum.toDouble()));
  }

  /** m / (m - 1) of the effective number of rows m. */
  private static double correction(double sum, double squares) {
    double m = sum * sum / squares;
    return m > 1 + 1e-9 ? m / (m - 1) : Double.NaN;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ThresholdSums that
        && unit.equals(that.unit)
        && Arrays.equals(positive, that.positive)
        && Arrays.equals(negative, that.negative)
        && Arrays.equals(positiveSquares, that.positiveSquares)
        && Arrays.equals(negativeSquares, that.negativeSquares)
        && loss.equals(that.loss)
        && weightLoss.equals(that.weightLoss)
        && lossSquares.equals(that.lossSquares);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(positive) + 31 * Arrays.hashCode(negative) + 961 * loss.hashCode();
  }
}

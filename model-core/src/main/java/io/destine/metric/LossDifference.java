package io.destine.metric;

import io.destine.numeric.ExactSum;
import java.io.Serializable;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The difference of two models' log loss on the same rows, a candidate's minus the published one's:
 * below 0 the candidate is better. Rows that are hard for one model are hard for the other, so the
 * difference has a much smaller error than either loss. With row weights w, a row's difference d
 * and the effective number of rows m = (sum w)^2 / sum w^2:
 *
 * <pre>
 *   mean D = sum w d / sum w,   SE^2 = sum w^2 (d - D)^2 / (sum w)^2  *  m / (m - 1)
 * </pre>
 *
 * <p>Sums are exact, so merges are associative and commutative to the bit. Mutable, not
 * thread-safe.
 */
public final class LossDifference implements Serializable {
  private static final long serialVersionUID = 1;

  /** A row's loss is limited to this, as in {@link ProbabilitySums}. */
  private static final double LARGEST_LOSS = 0x1p23;

  private final ExactSum weight = new ExactSum();
  private final ExactSum difference = new ExactSum();
  private final ExactSum squaredWeight = new ExactSum();
  private final ExactSum squaredWeightDifference = new ExactSum();
  private final ExactSum squares = new ExactSum();

  /**
   * Adds rows.
   *
   * @param candidate [N] logits, finite
   * @param published [N] logits of the same rows, finite
   * @param labels [N], 0 or 1
   * @param weights [N], or null when all are 1
   * @throws IllegalArgumentException when the lengths differ, or naming the first row with a bad
   *     logit, label or weight
   */
  public void add(double[] candidate, double[] published, float[] labels, float[] weights) {
    if (candidate.length != published.length) {
      throw new IllegalArgumentException(
          "both models must have scored the same rows, got "
              + candidate.length
              + " and "
              + published.length);
    }
    for (int i = 0; i < candidate.length; i++) {
      boolean label = Logits.requirePositive(labels[i], i);
      double d = loss(candidate[i], label, i) - loss(published[i], label, i);
      double w = weights == null ? 1 : weights[i];
      if (!(w >= 0) || w == Double.POSITIVE_INFINITY) {
        throw new IllegalArgumentException("row " + i + ": weight must be >= 0, got " + w);
      }
      weight.add(w);
      difference.add(w * d);
      squaredWeight.add(w * w);
      squaredWeightDifference.add(w * w * d);
      squares.add(w * w * d * d);
    }
  }

  private static double loss(double logit, boolean label, int row) {
    return Math.min(LARGEST_LOSS, Logits.loss(Logits.requireFinite(logit, row), label));
  }

  /** Adds the sums of other rows. */
  public void merge(LossDifference other) {
    weight.plus(other.weight);
    difference.plus(other.difference);
    squaredWeight.plus(other.squaredWeight);
    squaredWeightDifference.plus(other.squaredWeightDifference);
    squares.plus(other.squares);
  }

  /** Number of rows. */
  public long rows() {
    return weight.count();
  }

  /** Weighted mean of candidate minus published, or empty without weight. */
  public OptionalDouble mean() {
    double total = weight.value();
    return total == 0 ? OptionalDouble.empty() : OptionalDouble.of(difference.value() / total);
  }

  /** Standard error of the mean; empty for a single row or equal differences. */
  public OptionalDouble standardError() {
    if (mean().isEmpty()) {
      return OptionalDouble.empty();
    }
    double mean = mean().getAsDouble();
    double total = weight.value();
    double square = squares.value();
    double sum =
        square - 2 * mean * squaredWeightDifference.value() + mean * mean * squaredWeight.value();
    double effective = total * total / squaredWeight.value();
    // If all differences are equal, only rounding errors remain, which are not a variance.
    return sum <= 1e-12 * square || effective <= 1 + 1e-9
        ? OptionalDouble.empty()
        : Interval.standardError(sum / (total * total) * effective / (effective - 1));
  }

  /** The 95 % interval of the mean; empty without a {@link #standardError}. */
  public Optional<Interval> interval() {
    OptionalDouble error = standardError();
    return error.isEmpty()
        ? Optional.empty()
        : Optional.of(
            Interval.around(
                mean().getAsDouble(), error.getAsDouble(), -LARGEST_LOSS, LARGEST_LOSS));
  }
}

package io.destine.metric;

import java.io.Serializable;
import java.util.OptionalDouble;

/**
 * The contribution of a range of logits to AUC and PR-AUC, as exact sums over its groups of equal
 * logits. For group k with positive weight p_k, negative weight n_k, and N_k the negative weight
 * below it:
 *
 * <pre>
 *   pairs     = sum_k  2 p_k N_k + p_k n_k            AUC    = pairs / (2 P N)
 *   precision = sum_k  p_k TP_k / (TP_k + FP_k)       PR-AUC = precision / P
 * </pre>
 *
 * P and N are the weights of the classes over all ranges; TP_k and FP_k are the weights at and
 * above group k. The quotient is rounded to 2^-60 once per group, so the sum over groups does not
 * depend on how they are divided into ranges. PR-AUC is the average precision of scikit-learn.
 * Merges of disjoint ranges are associative and commutative to the bit. Mutable, not thread-safe.
 */
public final class RankSums implements Serializable {
  private static final long serialVersionUID = 1;

  private final Int128Sum doubledPairs = new Int128Sum();
  private final Int128Sum precision = new Int128Sum();

  /** Adds one group of equal logits, given the weights below it and over all ranges. */
  void addGroup(long positive, long negative, ClassWeights below, ClassWeights total) {
    if (positive == 0) {
      return;
    }
    doubledPairs.addProduct(positive, below.negative());
    doubledPairs.addProduct(positive, below.negative());
    doubledPairs.addProduct(positive, negative);
    long truePositive = total.positive() - below.positive();
    long falsePositive = total.negative() - below.negative();
    double ratio = (double) truePositive / ClassWeights.add(truePositive, falsePositive);
    precision.addProduct(positive, Math.round(ratio * 0x1p60));
  }

  /** Adds the sums of other ranges. */
  public void merge(RankSums other) {
    doubledPairs.add(other.doubledPairs);
    precision.add(other.precision);
  }

  /**
   * The probability that a positive row has a higher logit than a negative one, ties counted half.
   *
   * @param total weights over all ranges
   * @return in [0, 1], or empty when a class has no weight
   */
  public OptionalDouble auc(ClassWeights total) {
    if (!total.hasBoth()) {
      return OptionalDouble.empty();
    }
    Int128Sum pairs = new Int128Sum();
    pairs.addProduct(total.positive(), total.negative());
    return OptionalDouble.of(doubledPairs.toDouble() / (2 * pairs.toDouble()));
  }

  /**
   * Average precision.
   *
   * @param total weights over all ranges
   * @return in [0, 1], or empty when a class has no weight
   */
  public OptionalDouble prAuc(ClassWeights total) {
    if (!total.hasBoth()) {
      return OptionalDouble.empty();
    }
    return OptionalDouble.of(precision.toDouble() * 0x1p-60 / total.positive());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RankSums that
        && doubledPairs.equals(that.doubledPairs)
        && precision.equals(that.precision);
  }

  @Override
  public int hashCode() {
    return 31 * doubledPairs.hashCode() + precision.hashCode();
  }

  @Override
  public String toString() {
    return "RankSums[doubledPairs=" + doubledPairs + ", precision=" + precision + "]";
  }
}

package io.destine.metric;

import java.io.Serializable;
import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * AUC within groups, such as the rows of one user, averaged by the groups' weights:
 *
 * <pre>  GAUC = sum_g w_g AUC_g / sum_g w_g   over the groups g that have both classes</pre>
 *
 * Each AUC_g is rounded to 2^-60 once and the sums are exact, so merges are associative and
 * commutative to the bit, provided that all rows of a group are added in one call. Mutable; one
 * thread.
 */
public final class GroupAucSums implements Serializable {
  private static final long serialVersionUID = 1;

  private final Int128Sum weightedAuc = new Int128Sum();
  private long weight;
  private long groups;
  private long skipped;

  /**
   * Adds rows of whole groups.
   *
   * @param groups [N] the group of each row, in any order
   * @param logits [N], finite
   * @param labels [N], 0 or 1
   * @param weights [N], or null when all are 1
   * @throws IllegalArgumentException when a row has a bad logit, label or weight
   */
  public void add(long[] groups, double[] logits, float[] labels, float[] weights) {
    int n = groups.length;
    long[] sorted = groups.clone();
    Arrays.sort(sorted);
    int[] next = new int[n];
    for (int i = 0; i < n; i++) {
      next[i] = i > 0 && sorted[i] == sorted[i - 1] ? next[i - 1] : i;
    }
    int[] starts = next.clone();
    double[] z = new double[n];
    float[] y = new float[n];
    float[] w = weights == null ? null : new float[n];
    for (int i = 0; i < n; i++) {
      int start = starts[Arrays.binarySearch(sorted, groups[i])];
      int to = next[start]++;
      z[to] = logits[i];
      y[to] = labels[i];
      if (weights != null) {
        w[to] = weights[i];
      }
    }
    for (int from = 0; from < n; ) {
      int to = next[from];
      addGroup(RankGroups.of(z, y, w, from, to));
      from = to;
    }
  }

  private void addGroup(RankGroups group) {
    ClassWeights weights = group.weights();
    OptionalDouble auc = group.sums(ClassWeights.ZERO, weights).auc(weights);
    if (auc.isEmpty()) {
      skipped++;
      return;
    }
    groups++;
    weight = Math.addExact(weight, weights.total());
    weightedAuc.addProduct(weights.total(), Math.round(auc.getAsDouble() * 0x1p60));
  }

  /** Adds the sums of other groups. */
  public void merge(GroupAucSums other) {
    weightedAuc.add(other.weightedAuc);
    weight = Math.addExact(weight, other.weight);
    groups += other.groups;
    skipped += other.skipped;
  }

  /** GAUC, or empty when no group has both classes. */
  public OptionalDouble gauc() {
    return weight == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(weightedAuc.toDouble() * 0x1p-60 / weight);
  }

  /** Groups with both classes. */
  public long groups() {
    return groups;
  }

  /** Groups left out for having one class only. */
  public long skipped() {
    return skipped;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof GroupAucSums that
        && weightedAuc.equals(that.weightedAuc)
        && weight == that.weight
        && groups == that.groups
        && skipped == that.skipped;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(weight + 31 * groups + 961 * skipped) + weightedAuc.hashCode();
  }
}

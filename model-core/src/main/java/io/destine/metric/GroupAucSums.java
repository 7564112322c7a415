package io.destine.metric;

import java.io.Serializable;
import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * AUC within groups, such as the rows of one user, averaged by the groups' weights:
 *
 * <pre>  GAUC = sum_g w_g AUC_g / sum_g w_g   over the groups g that have both classes</pre>
 *
 * Rows without a group are counted and left out.
 *
 * <p>Each AUC_g is rounded to 2^-60 once and the sums are exact, so merges are associative and
 * commutative to the bit, provided that all rows of a group are added in one call. Mutable, not
 * thread-safe.
 */
public final class GroupAucSums implements Serializable {
  private static final long serialVersionUID = 1;

  /** The group of a row without a group. */
  public static final long NO_GROUP = 0;

  private final WeightUnit unit;
  private final Int128Sum weightedAuc = new Int128Sum();
  private long weight;
  private long groups;
  private long skipped;
  private long rowsWithoutGroup;

  /**
   * Sums over no rows.
   *
   * @param unit of weights, the same for all sums that are merged
   */
  public GroupAucSums(WeightUnit unit) {
    this.unit = unit;
  }

  /**
   * Adds rows of whole groups.
   *
   * @param groups [N] the group of each row, in any order; {@link #NO_GROUP} for none
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
      if (sorted[from] == NO_GROUP) {
        addWithoutGroup(to - from);
        from = to;
        continue;
      }
      addGroup(RankGroups.of(z, y, w, unit, from, to));
      from = to;
    }
  }

  /** Counts rows that have no group. */
  public void addWithoutGroup(long rows) {
    rowsWithoutGroup += rows;
  }

  private void addGroup(RankGroups group) {
    ClassWeights weights = group.weights();
    OptionalDouble auc = group.sums(ClassWeights.ZERO, weights).auc(weights);
    if (auc.isEmpty()) {
      skipped++;
      return;
    }
    groups++;
    weight = ClassWeights.add(weight, weights.total());
    weightedAuc.addProduct(weights.total(), Math.round(auc.getAsDouble() * 0x1p60));
  }

  /** Adds the sums of other groups. */
  public void merge(GroupAucSums other) {
    weightedAuc.add(other.weightedAuc);
    weight = ClassWeights.add(weight, other.weight);
    groups += other.groups;
    skipped += other.skipped;
    rowsWithoutGroup += other.rowsWithoutGroup;
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

  /** Rows left out for having no group. */
  public long rowsWithoutGroup() {
    return rowsWithoutGroup;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof GroupAucSums that
        && weightedAuc.equals(that.weightedAuc)
        && weight == that.weight
        && groups == that.groups
        && skipped == that.skipped
        && rowsWithoutGroup == that.rowsWithoutGroup;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(weight + 31 * groups + 961 * skipped + 29791 * rowsWithoutGroup)
        + weightedAuc.hashCode();
  }
}

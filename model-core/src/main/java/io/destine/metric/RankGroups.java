package io.destine.metric;

import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.List;

/**
 * Rows grouped by equal logits, in ascending order: for each group the exact weights of its
 * positive and negative rows. This is all that ranking metrics need, and it does not depend on the
 * order of the rows. Immutable; a wire type over three packed arrays.
 *
 * <p>To rank rows that do not fit in one process: {@link #cut} the groups of each process at common
 * boundaries, {@link #merge} the pieces of a range, and add up the {@link #sums} of the ranges.
 */
public final class RankGroups implements Serializable {
  private static final long serialVersionUID = 1;

  /** No rows. */
  public static final RankGroups EMPTY = new RankGroups(new long[0], new long[0], new long[0]);

  private final long[] keys;
  private final long[] positive;
  private final long[] negative;

  private RankGroups(long[] keys, long[] positive, long[] negative) {
    this.keys = keys;
    this.positive = positive;
    this.negative = negative;
  }

  /**
   * Groups rows.
   *
   * @param logits [N], finite
   * @param labels [N], 0 or 1
   * @param weights [N], or null when all are 1
   * @param unit of weights, the same for all groups that are merged
   * @throws IllegalArgumentException naming the first row with a bad logit, label or weight
   */
  public static RankGroups of(double[] logits, float[] labels, float[] weights, WeightUnit unit) {
    return of(logits, labels, weights, unit, 0, logits.length);
  }

  /** Groups the rows {@code from} up to, not including, {@code to}. */
  static RankGroups of(
      double[] logits, float[] labels, float[] weights, WeightUnit unit, int from, int to) {
    long[] sorted = new long[to - from];
    for (int i = from; i < to; i++) {
      sorted[i - from] = Logits.key(Logits.requireFinite(logits[i], i));
    }
    Arrays.sort(sorted);
    int groups = distinct(sorted);
    long[] positive = new long[groups];
    long[] negative = new long[groups];
    for (int i = from; i < to; i++) {
      int group = Arrays.binarySearch(sorted, 0, groups, Logits.key(logits[i]));
      long weight = unit.units(weights, i);
      long[] sums = Logits.requirePositive(labels[i], i) ? positive : negative;
      sums[group] = ClassWeights.add(sums[group], weight);
    }
    return new RankGroups(Arrays.copyOf(sorted, groups), positive, negative);
  }

  private static int distinct(long[] sorted) {
    int n = 0;
    for (int i = 0; i < sorted.length; i++) {
      if (n == 0 || sorted[i] != sorted[n - 1]) {
        sorted[n++] = sorted[i];
      }
    }
    return n;
  }

  /** Merges groups of any rows, in O(G log R) for G groups in R parts. */
  public static RankGroups merge(Collection<RankGroups> parts) {
    Deque<RankGroups> queue = new ArrayDeque<>(parts);
    while (queue.size() > 1) {
      queue.addLast(queue.removeFirst().merge(queue.removeFirst()));
    }
    return queue.isEmpty() ? EMPTY : queue.removeFirst();
  }

  private RankGroups merge(RankGroups other) {
    int capacity = Math.addExact(keys.length, other.keys.length);
    long[] k = new long[capacity];
    long[] p = new long[capacity];
    long[] q = new long[capacity];
    int n = 0;
    int i = 0;
    int j = 0;
    while (i < keys.length || j < other.keys.length) {
      boolean left = j == other.keys.length || (i < keys.length && keys[i] <= other.keys[j]);
      boolean right = i == keys.length || (j < other.keys.length && other.keys[j] <= keys[i]);
      k[n] = left ? keys[i] : other.keys[j];
      if (left) {
        p[n] = positive[i];
        q[n] = negative[i++];
      }
      if (right) {
        p[n] = ClassWeights.add(p[n], other.positive[j]);
        q[n] = ClassWeights.add(q[n], other.negative[j++]);
      }
      n++;
    }
    return new RankGroups(Arrays.copyOf(k, n), Arrays.copyOf(p, n), Arrays.copyOf(q, n));
  }

  /**
   * The groups of each range between boundaries.
   *
   * @param boundaries keys, ascending; range r has the keys from boundary r-1 on and below
   *     boundary r
   * @return R parts
   */
  public List<RankGroups> cut(long[] boundaries) {
    List<RankGroups> parts = new ArrayList<>();
    int from = 0;
    for (int r = 0; r <= boundaries.length; r++) {
      int to = keys.length;
      if (r < boundaries.length) {
        int found = Arrays.binarySearch(keys, boundaries[r]);
        to = found >= 0 ? found : -found - 1;
      }
      parts.add(
          new RankGroups(
              Arrays.copyOfRange(keys, from, to),
              Arrays.copyOfRange(positive, from, to),
              Arrays.copyOfRange(negative, from, to)));
      from = to;
    }
    return parts;
  }

  /** At most {@code count} evenly spaced keys, ascending: candidates for boundaries. */
  public long[] sampleKeys(int count) {
    int n = Math.min(count, keys.length);
    long[] sample = new long[n];
    for (int i = 0; i < n; i++) {
      sample[i] = keys[(int) ((2L * i + 1) * keys.length / (2L * n))];
    }
    return sample;
  }

  /** Number of distinct logits. */
  public int size() {
    return keys.length;
  }

  /** Weight of each class over all groups. */
  public ClassWeights weights() {
    ClassWeights total = ClassWeights.ZERO;
    for (int i = 0; i < keys.length; i++) {
      total = total.plus(new ClassWeights(positive[i], negative[i]));
    }
    return total;
  }

  /** The sums of these groups when there are no others. */
  public RankSums sums() {
    return sums(ClassWeights.ZERO, weights());
  }

  /**
   * The sums of these groups as one of several ranges.
   *
   * @param below weights of the lower ranges
   * @param total weights of all ranges
   */
  public RankSums sums(ClassWeights below, ClassWeights total) {
    RankSums sums = new RankSums();
    ClassWeights passed = below;
    for (int i = 0; i < keys.length; i++) {
      sums.addGroup(positive[i], negative[i], passed, total);
      passed = passed.plus(new ClassWeights(positive[i], negative[i]));
    }
    return sums;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RankGroups that
        && Arrays.equals(keys, that.keys)
        && Arrays.equals(positive, that.positive)
        && Arrays.equals(negative, that.negative);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(keys) + 31 * Arrays.hashCode(positive) + 961 * Arrays.hashCode(negative);
  }
}

package io.destine.spark.evaluate;

import io.destine.feature.PackedArrays;
import io.destine.metric.GroupAucSums;
import java.io.Externalizable;
import java.io.IOException;
import java.io.ObjectInput;
import java.io.ObjectOutput;
import java.util.Arrays;
import java.util.List;

/**
 * Rows with their predictions, packed. Immutable by convention: the arrays are shared, not copied,
 * and never written to. A wire type with its own compact format.
 */
public final class ScoredRows implements Externalizable {
  private static final long serialVersionUID = 1;

  private double[] logits;
  private float[] labels;
  private float[] weights;
  private long[] groups;

  /** For deserialisation. */
  public ScoredRows() {}

  /**
   * Rows backed by the given arrays.
   *
   * @param logits [N]
   * @param labels [N], 0 or 1
   * @param weights [N], or null when all are 1
   * @param groups [N] hashes of the group column, {@link GroupAucSums#NO_GROUP} in rows without a
   *     group; null when no row has one
   * @throws IllegalArgumentException when the lengths differ
   */
  public ScoredRows(double[] logits, float[] labels, float[] weights, long[] groups) {
    this.logits = logits;
    this.labels = labels;
    this.weights = weights;
    this.groups = groups;
    requireRows("labels", labels.length);
    requireRows("weights", weights == null ? logits.length : weights.length);
    requireRows("groups", groups == null ? logits.length : groups.length);
  }

  private void requireRows(String what, int found) {
    if (found != logits.length) {
      throw new IllegalArgumentException(
          what + " must have one entry for each of " + logits.length + " rows, got " + found);
    }
  }

  /** The rows of all parts, concatenated; rows of parts without groups have no group. */
  static ScoredRows concat(List<ScoredRows> parts) {
    int rows = parts.stream().mapToInt(ScoredRows::rows).reduce(0, Math::addExact);
    boolean weighted = parts.stream().anyMatch(part -> part.weights != null);
    boolean grouped = parts.stream().anyMatch(part -> part.groups != null);
    ScoredRows all =
        new ScoredRows(
            new double[rows],
            new float[rows],
            weighted ? new float[rows] : null,
            grouped ? new long[rows] : null);
    int at = 0;
    for (ScoredRows part : parts) {
      int n = part.rows();
      System.arraycopy(part.logits, 0, all.logits, at, n);
      System.arraycopy(part.labels, 0, all.labels, at, n);
      if (part.weights != null) {
        System.arraycopy(part.weights, 0, all.weights, at, n);
      } else if (weighted) {
        Arrays.fill(all.weights, at, at + n, 1);
      }
      if (part.groups != null) {
        System.arraycopy(part.groups, 0, all.groups, at, n);
      }
      at += n;
    }
    return all;
  }

  /** Copies of the rows at the given indices. */
  ScoredRows select(int[] places) {
    ScoredRows selected =
        new ScoredRows(
            new double[places.length],
            new float[places.length],
            weights == null ? null : new float[places.length],
            groups == null ? null : new long[places.length]);
    for (int i = 0; i < places.length; i++) {
      selected.logits[i] = logits[places[i]];
      selected.labels[i] = labels[places[i]];
      if (weights != null) {
        selected.weights[i] = weights[places[i]];
      }
      if (groups != null) {
        selected.groups[i] = groups[places[i]];
      }
    }
    return selected;
  }

  /** N, the number of rows. */
  public int rows() {
    return logits.length;
  }

  /** [N] logits, shared. */
  public double[] logits() {
    return logits;
  }

  /** [N] labels, 0 or 1, shared. */
  public float[] labels() {
    return labels;
  }

  /** [N] weights, shared, or null when all are 1. */
  public float[] weights() {
    return weights;
  }

  /** The group hash of a row, {@link GroupAucSums#NO_GROUP} when it has none. */
  long group(int row) {
    return groups == null ? GroupAucSums.NO_GROUP : groups[row];
  }

  /** [N] group hashes, shared, or null when no row has a group. */
  public long[] groups() {
    return groups;
  }

  @Override
  public void writeExternal(ObjectOutput out) throws IOException {
    PackedArrays writer = new PackedArrays(out);
    writer.write(logits);
    writer.write(labels);
    writer.write(weights);
    writer.write(groups);
  }

  @Override
  public void readExternal(ObjectInput in) throws IOException {
    logits = PackedArrays.readDoubles(in);
    labels = PackedArrays.readFloats(in);
    weights = PackedArrays.readFloats(in);
    groups = PackedArrays.readLongs(in);
  }
}

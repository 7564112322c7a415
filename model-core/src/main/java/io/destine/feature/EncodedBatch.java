package io.destine.feature;

import io.destine.random.CounterRandom;
import java.io.Externalizable;
import java.io.IOException;
import java.io.ObjectInput;
import java.io.ObjectOutput;

/**
 * Encoded rows, packed: a block, or the rows of it that a step takes. With N rows, S single-id
 * fields, U multi fields and W dense numbers per row (see {@link FieldLayout}):
 *
 * <ul>
 *   <li>ids [N, S] row-major: ids of the embedding table;
 *   <li>multiOffsets [N * U + 1] and multiIds: the ids of multi field u of row n are
 *       multiIds[multiOffsets[n * U + u]] up to multiOffsets[n * U + u + 1]; an empty list gives a
 *       zero embedding;
 *   <li>dense [N, W] row-major;
 *   <li>labels [N], 0 or 1; weights [N], or null when all are 1; groups [N], a hash of the group
 *       column, or null.
 * </ul>
 *
 * <p>A row's key is (block, position in it): it selects the row's dropout masks and never changes.
 * Immutable by convention: the arrays are shared, not copied, and never written to. A wire type
 * with its own compact format.
 */
public final class EncodedBatch implements Externalizable {
  private static final long serialVersionUID = 1;
  private static final int[] NO_OFFSETS = {0};
  private static final int[] NO_IDS = {};
  private static final float[] NO_DENSE = {};

  private int partition;
  private int rows;
  private int[] ids;
  private int[] multiOffsets;
  private int[] multiIds;
  private float[] dense;
  private float[] labels;
  private float[] weights;
  private long[] groups;
  private int[] positions;

  /** For deserialisation. */
  public EncodedBatch() {}

  /**
   * A batch over the given arrays.
   *
   * @param partition the block
   * @param ids [N, S]; may be empty
   * @param multiOffsets [N * U + 1], or null when no field is multi
   * @param multiIds the ids of multi fields, or null
   * @param dense [N, W], or null when W is 0
   * @param labels [N]
   * @param weights [N] or null
   * @param groups [N] or null
   * @param positions [N] place of each row in its block, or null for 0 .. N-1
   */
  public EncodedBatch(
      int partition,
      int[] ids,
      int[] multiOffsets,
      int[] multiIds,
      float[] dense,
      float[] labels,
      float[] weights,
      long[] groups,
      int[] positions) {
    this.partition = partition;
    this.rows = labels.length;
    this.ids = ids;
    this.multiOffsets = multiOffsets == null ? NO_OFFSETS : multiOffsets;
    this.multiIds = multiIds == null ? NO_IDS : multiIds;
    this.dense = dense == null ? NO_DENSE : dense;
    this.labels = labels;
    this.weights = weights;
    this.groups = groups;
    this.positions = positions;
    if (rows > 0 && ids.length % rows != 0) {
      throw new IllegalArgumentException(
          "ids must hold the same number of ids for each of " + rows + " rows, got " + ids.length);
    }
    requireRows("weights", weights == null ? rows : weights.length);
    requireRows("groups", groups == null ? rows : groups.length);
    requireRows("positions", positions == null ? rows : positions.length);
  }

  private void requireRows(String what, int found) {
    if (found != rows) {
      throw new IllegalArgumentException(
          what + " must have one entry for each of " + rows + " rows, got " + found);
    }
  }

  /** A batch of single-id fields only, weights 1. */
  public static EncodedBatch ofIds(int[] ids, float[] labels) {
    return new EncodedBatch(0, ids, null, null, null, labels, null, null, null);
  }

  /** N, the number of rows. */
  public int rows() {
    return rows;
  }

  /** The block that the rows belong to. */
  public int partition() {
    return partition;
  }

  /** [N, S] ids of single-id fields, shared. */
  public int[] ids() {
    return ids;
  }

  /**
   * [N * U + 1] offsets into {@link #multiIds()}, shared; a single 0 when there is no multi field.
   */
  public int[] multiOffsets() {
    return multiOffsets;
  }

  /** Ids of multi fields, shared. */
  public int[] multiIds() {
    return multiIds;
  }

  /** [N, W] dense numbers, shared. */
  public float[] dense() {
    return dense;
  }

  /** [N] labels, 0 or 1, shared. */
  public float[] labels() {
    return labels;
  }

  /** [N] weights, shared, or null when all are 1. */
  public float[] weights() {
    return weights;
  }

  /** [N] group hashes, shared, or null. */
  public long[] groups() {
    return groups;
  }

  /** The weight of row n. */
  public float weight(int n) {
    return weights == null ? 1 : weights[n];
  }

  /** The key of row n, (block, position): the same in every batch that holds the row. */
  public long key(int n) {
    return ((long) partition << 32) | (positions == null ? n : positions[n]);
  }

  /**
   * A copy of rows {@code order[from]} up to {@code order[to - 1]} of this batch, in that order.
   */
  public EncodedBatch select(int[] order, int from, int to) {
    int n = to - from;
    int s = rows == 0 ? 0 : ids.length / rows;
    int u = rows == 0 ? 0 : (multiOffsets.length - 1) / rows;
    int w = rows == 0 ? 0 : dense.length / rows;
    int[] newIds = new int[n * s];
    float[] newDense = w == 0 ? null : new float[n * w];
    float[] newLabels = new float[n];
    float[] newWeights = weights == null ? null : new float[n];
    long[] newGroups = groups == null ? null : new long[n];
    int[] newPositions = new int[n];
    int[] newOffsets = u == 0 ? null : new int[n * u + 1];
    for (int i = 0; i < n; i++) {
      int row = order[from + i];
      System.arraycopy(ids, row * s, newIds, i * s, s);
      if (w > 0) {
        System.arraycopy(dense, row * w, newDense, i * w, w);
      }
      newLabels[i] = labels[row];
      if (weights != null) {
        newWeights[i] = weights[row];
      }
      if (groups != null) {
        newGroups[i] = groups[row];
      }
      newPositions[i] = positions == null ? row : positions[row];
      for (int f = 0; f < u; f++) {
        int length = multiOffsets[row * u + f + 1] - multiOffsets[row * u + f];
        newOffsets[i * u + f + 1] = newOffsets[i * u + f] + length;
      }
    }
    int[] newMultiIds = null;
    if (u > 0) {
      newMultiIds = new int[newOffsets[n * u]];
      for (int i = 0; i < n; i++) {
        int start = multiOffsets[order[from + i] * u];
        System.arraycopy(
            multiIds,
            start,
            newMultiIds,
            newOffsets[i * u],
            newOffsets[(i + 1) * u] - newOffsets[i * u]);
      }
    }
    return new EncodedBatch(
        partition,
        newIds,
        newOffsets,
        newMultiIds,
        newDense,
        newLabels,
        newWeights,
        newGroups,
        newPositions);
  }

  /**
   * The same rows with other ids; each field has as many as before.
   *
   * @param newIds [N, S], not copied
   * @param newMultiIds one for each of {@link #multiIds}, not copied
   */
  public EncodedBatch withIds(int[] newIds, int[] newMultiIds) {
    if (newIds.length != ids.length || newMultiIds.length != multiIds.length) {
      throw new IllegalArgumentException(
          "number of single and of multi ids must be "
              + ids.length
              + " and "
              + multiIds.length
              + ", got "
              + newIds.length
              + " and "
              + newMultiIds.length);
    }
    return new EncodedBatch(
        partition, newIds, multiOffsets, newMultiIds, dense, labels, weights, groups, positions);
  }

  /**
   * The same rows with other ids of the fields with one id.
   *
   * @param newIds [N, S], not copied
   */
  public EncodedBatch withIds(int[] newIds) {
    return new EncodedBatch(
        partition, newIds, multiOffsets, multiIds, dense, labels, weights, groups, positions);
  }

  /**
   * The same rows with other inputs, which may be of another layout.
   *
   * @param newIds [N, S], not copied
   * @param newOffsets [N * U + 1], not copied
   * @param newMultiIds not copied
   * @param newDense [N, W], not copied
   */
  EncodedBatch withInputs(int[] newIds, int[] newOffsets, int[] newMultiIds, float[] newDense) {
    return new EncodedBatch(
        partition,
        newIds,
        newOffsets.length == 1 ? null : newOffsets,
        newMultiIds,
        newDense,
        labels,
        weights,
        groups,
        positions);
  }

  /**
   * The rows with a positive weight, each weight multiplied by a power of two; this batch itself
   * when there is nothing to change.
   *
   * @param exponent of the power of two
   */
  public EncodedBatch weighted(int exponent) {
    if (weights == null && exponent == 0) {
      return this;
    }
    int[] kept = new int[rows];
    int n = 0;
    for (int row = 0; row < rows; row++) {
      kept[n] = row;
      n += weight(row) == 0 ? 0 : 1;
    }
    EncodedBatch batch = n == rows ? this : select(kept, 0, n);
    if (exponent == 0) {
      return batch;
    }
    float[] scaled = new float[n];
    for (int row = 0; row < n; row++) {
      scaled[row] = Math.scalb(batch.weight(row), exponent);
    }
    return new EncodedBatch(
        partition,
        batch.ids,
        batch.multiOffsets,
        batch.multiIds,
        batch.dense,
        batch.labels,
        scaled,
        batch.groups,
        batch.positions);
  }

  /**
   * A hash of the network's inputs in row n: ids and dense numbers. It is equal for rows with equal
   * inputs, and almost certainly different for others.
   */
  public long inputHash(int n) {
    int s = ids.length / rows;
    int u = (multiOffsets.length - 1) / rows;
    int w = dense.length / rows;
    long hash = 0;
    for (int i = n * s; i < (n + 1) * s; i++) {
      hash = RecordHash.combine(hash, ids[i]);
    }
    for (int list = n * u; list < (n + 1) * u; list++) {
      long sum = 0;
      for (int i = multiOffsets[list]; i < multiOffsets[list + 1]; i++) {
        sum += CounterRandom.mix(multiIds[i]);
      }
      hash = RecordHash.combine(hash, sum);
    }
    for (int i = n * w; i < (n + 1) * w; i++) {
      hash = RecordHash.combine(hash, Float.floatToIntBits(dense[i] + 0.0f));
    }
    return hash;
  }

  /** Bytes of the arrays, approximately the batch's size on the heap. */
  public long bytes() {
    long words =
        (long) ids.length + multiOffsets.length + multiIds.length + dense.length + labels.length;
    words += weights == null ? 0 : weights.length;
    words += positions == null ? 0 : positions.length;
    return 4 * words + 8L * (groups == null ? 0 : groups.length);
  }

  @Override
  public void writeExternal(ObjectOutput out) throws IOException {
    PackedArrays writer = new PackedArrays(out);
    out.writeInt(partition);
    out.writeInt(rows);
    writer.write(ids);
    writer.write(multiOffsets);
    writer.write(multiIds);
    writer.write(dense);
    writer.write(labels);
    writer.write(weights);
    writer.write(groups);
    writer.write(positions);
  }

  @Override
  public void readExternal(ObjectInput in) throws IOException {
    partition = in.readInt();
    rows = in.readInt();
    ids = PackedArrays.readInts(in);
    multiOffsets = PackedArrays.readInts(in);
    multiIds = PackedArrays.readInts(in);
    dense = PackedArrays.readFloats(in);
    labels = PackedArrays.readFloats(in);
    weights = PackedArrays.readFloats(in);
    groups = PackedArrays.readLongs(in);
    positions = PackedArrays.readInts(in);
  }
}

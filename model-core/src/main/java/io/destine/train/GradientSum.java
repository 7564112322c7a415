package io.destine.train;

import io.destine.feature.PackedArrays;
import io.destine.param.Gradient;
import io.destine.param.GradientSink;
import io.destine.param.IdSlots;
import io.destine.param.ParameterLayout;
import java.io.Externalizable;
import java.io.IOException;
import java.io.ObjectInput;
import java.io.ObjectOutput;
import java.util.Arrays;

/**
 * The gradient of the summed loss over some rows, as sums that do not depend on the order of
 * additions and merges: numbers are rounded to multiples of 2^-bits and added as int64. Merging is
 * associative and commutative to the bit. The dense part and, for touched ids only, rows of the
 * tables.
 *
 * <p>An empty one holds no arrays: it is the zero of an aggregation. One thread. A wire type with
 * its own format: ids ascending, then sums as little-endian longs.
 */
public final class GradientSum implements GradientSink, Externalizable {
  private static final long serialVersionUID = 1;
  private static final int NONE = Integer.MAX_VALUE;
  private static final int MERGED = NONE - 1;

  private int d;
  private boolean hasWide;
  private FixedPoint fixed;
  private long[] dense;
  private long[] statistics;
  private IdSlots slots;
  private long[] embedding;
  private long[] wide;
  private long loss;
  private long weight;
  private long rows;
  private IdSlots upcoming;
  private int failedPartition = NONE;
  private String failure;

  /** An empty sum: the zero of an aggregation, and for deserialisation. */
  public GradientSum() {}

  /**
   * A sum to add gradients to.
   *
   * @param layout of the gradients
   * @param bits fractional bits, see {@link #bitsFor}
   */
  public GradientSum(ParameterLayout layout, int bits) {
    d = layout.embeddingDim();
    hasWide = layout.wide();
    fixed = new FixedPoint(bits);
    dense = new long[layout.denseSize()];
    statistics = new long[layout.statisticsSize()];
    allocateRows(1024);
  }

  private void allocateRows(int capacity) {
    slots = new IdSlots(capacity);
    embedding = new long[Math.multiplyExact(capacity, d)];
    wide = new long[hasWide ? capacity : 0];
  }

  /** Fractional bits for sums over a batch whose rows have weights up to the given one. */
  public static int bitsFor(int batchSize, double largestWeight) {
    return FixedPoint.forBatch(batchSize, largestWeight).bits();
  }

  /** True when it has no arrays yet. */
  public boolean isEmpty() {
    return fixed == null;
  }

  /** Adds ids that the next step takes. */
  public void addUpcoming(int[] ids) {
    if (upcoming == null) {
      upcoming = new IdSlots(Math.max(1, ids.length));
    }
    for (int id : ids) {
      upcoming.slot(id);
    }
  }

  /** The distinct ids that the next step takes, ascending; empty when nobody asked for them. */
  public int[] upcoming() {
    return upcoming == null ? new int[0] : upcoming.ids();
  }

  /**
   * Records that a logical partition's gradient cannot be had; of several the lowest partition is
   * kept.
   */
  public void fail(int partition, String reason) {
    if (partition < failedPartition) {
      failedPartition = partition;
      failure = reason;
    }
  }

  /** Why the sum is unusable, naming the logical partition; null when it is sound. */
  public String failure() {
    if (failure == null) {
      return null;
    }
    return (failedPartition == MERGED ? "" : "logical partition " + failedPartition + ": ")
        + failure;
  }

  @Override
  public void addDense(int offset, float[] values, int from, int n) {
    fixed.add(dense, offset, values, from, n);
  }

  @Override
  public void addDense(int offset, double[] values, int from, int n) {
    fixed.add(dense, offset, values, from, n);
  }

  @Override
  public void addEmbedding(int id, float[] values, int from) {
    int slot = slot(id);
    fixed.add(embedding, slot * d, values, from, d);
  }

  @Override
  public void addEmbedding(int id, double[] values, int from) {
    int slot = slot(id);
    fixed.add(embedding, slot * d, values, from, d);
  }

  @Override
  public void addWide(int id, double value) {
    int slot = slot(id);
    wide[slot] = Math.addExact(wide[slot], fixed.convert(value));
  }

  private int slot(int id) {
    int slot = slots.slot(id);
    if ((slot + 1) * (long) d > embedding.length) {
      int capacity = 2 * (embedding.length / d);
      embedding = Arrays.copyOf(embedding, Math.multiplyExact(capacity, d));
      wide = hasWide ? Arrays.copyOf(wide, capacity) : wide;
    }
    return slot;
  }

  @Override
  public void addStatistics(double[] timesRows) {
    fixed.add(statistics, 0, timesRows, 0, statistics.length);
  }

  @Override
  public void addLoss(double loss, double weight, long rows) {
    this.loss = Math.addExact(this.loss, fixed.convert(loss));
    this.weight = Math.addExact(this.weight, fixed.convert(weight));
    this.rows += rows;
  }

  /**
   * Adds another sum to this one and returns the result, this one or, when this is empty, the
   * other. The other must not be used afterwards.
   */
  public GradientSum merge(GradientSum other) {
    if (other.isEmpty()) {
      return this;
    }
    if (isEmpty()) {
      return other;
    }
    if (failure != null || other.failure != null) {
      fail(other.failedPartition, other.failure);
      return this;
    }
    try {
      mergeSums(other);
    } catch (ArithmeticException e) {
      fail(MERGED, e.getMessage());
    }
    return this;
  }

  private void mergeSums(GradientSum other) {
    FixedPoint.merge(dense, 0, other.dense, 0, dense.length);
    FixedPoint.merge(statistics, 0, other.statistics, 0, statistics.length);
    for (int s = 0; s < other.slots.size(); s++) {
      int slot = slot(other.slots.id(s));
      FixedPoint.merge(embedding, slot * d, other.embedding, s * d, d);
      if (hasWide) {
        wide[slot] = Math.addExact(wide[slot], other.wide[s]);
      }
    }
    loss = Math.addExact(loss, other.loss);
    weight = Math.addExact(weight, other.weight);
    rows += other.rows;
    if (other.upcoming != null) {
      addUpcoming(other.upcoming());
    }
  }

  /** The sum as an optimiser takes it. */
  public Gradient toGradient() {
    int[] order = slots.slotsById();
    int[] ids = new int[order.length];
    double[] rowsOfIds = new double[order.length * d];
    double[] wideOfIds = hasWide ? new double[order.length] : null;
    for (int k = 0; k < order.length; k++) {
      ids[k] = slots.id(order[k]);
      for (int i = 0; i < d; i++) {
        rowsOfIds[k * d + i] = fixed.toDouble(embedding[order[k] * d + i]);
      }
      if (hasWide) {
        wideOfIds[k] = fixed.toDouble(wide[order[k]]);
      }
    }
    return new Gradient(
        fixed.toDoubles(dense, dense.length),
        fixed.toDoubles(statistics, statistics.length),
        ids,
        rowsOfIds,
        wideOfIds,
        fixed.toDouble(loss),
        fixed.toDouble(weight),
        rows);
  }

  /** Number of rows added. */
  public long rows() {
    return rows;
  }

  @Override
  public void writeExternal(ObjectOutput out) throws IOException {
    out.writeByte(isEmpty() ? 0 : fixed.bits());
    if (isEmpty()) {
      return;
    }
    out.writeInt(d);
    out.writeBoolean(hasWide);
    out.writeLong(loss);
    out.writeLong(weight);
    out.writeLong(rows);
    out.writeInt(failedPartition);
    out.writeUTF(failure == null ? "" : failure);
    int[] order = slots.slotsById();
    int[] ids = new int[order.length];
    long[] sortedRows = new long[order.length * d];
    long[] sortedWide = new long[hasWide ? order.length : 0];
    for (int k = 0; k < order.length; k++) {
      ids[k] = slots.id(order[k]);
      System.arraycopy(embedding, order[k] * d, sortedRows, k * d, d);
      if (hasWide) {
        sortedWide[k] = wide[order[k]];
      }
    }
    PackedArrays arrays = new PackedArrays(out);
    arrays.write(dense);
    arrays.write(statistics);
    arrays.write(ids);
    arrays.write(sortedRows);
    arrays.write(sortedWide);
    arrays.write(upcoming == null ? null : upcoming());
  }

  @Override
  public void readExternal(ObjectInput in) throws IOException {
    int bits = in.readByte();
    if (bits == 0) {
      return;
    }
    fixed = new FixedPoint(bits);
    d = in.readInt();
    hasWide = in.readBoolean();
    loss = in.readLong();
    weight = in.readLong();
    rows = in.readLong();
    failedPartition = in.readInt();
    String reason = in.readUTF();
    failure = reason.isEmpty() ? null : reason;
    dense = PackedArrays.readLongs(in);
    statistics = PackedArrays.readLongs(in);
    int[] ids = PackedArrays.readInts(in);
    embedding = PackedArrays.readLongs(in);
    wide = PackedArrays.readLongs(in);
    int[] next = PackedArrays.readInts(in);
    if (next != null) {
      addUpcoming(next);
    }
    slots = new IdSlots(Math.max(1, ids.length));
    for (int id : ids) {
      slots.slot(id);
    }
    if (ids.length == 0) {
      allocateRows(1);
    }
  }
}

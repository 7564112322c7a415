package io.destine.train;

import io.destine.feature.CompactReader;
import io.destine.feature.CompactWriter;
import io.destine.param.Gradient;
import io.destine.param.GradientSink;
import io.destine.param.ParameterLayout;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.Externalizable;
import java.io.IOException;
import java.io.ObjectInput;
import java.io.ObjectOutput;
import java.io.StreamCorruptedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * The gradient of the loss summed over some rows, as sums that do not depend on the order of
 * additions and merges: numbers are rounded to multiples of 2^-bits and added as int64. Merging is
 * associative and commutative to the bit. Contains the dense part and the table rows of touched
 * ids. Statistics have 12 fewer fractional bits: a variance is a square and may be far above a
 * gradient.
 *
 * <p>An empty sum has no arrays: it is the zero of an aggregation. Not thread-safe. A wire type
 * with its own format: a header, then the sums of dense tensors and of statistics, ascending ids
 * and the sums of these rows in the format of {@link CompactWriter}, each row as a run of its own.
 */
public final class GradientSum implements GradientSink, Externalizable {
  private static final long serialVersionUID = 1;
  private static final int NONE = Integer.MAX_VALUE;
  private static final int MERGED = NONE - 1;
  private static final int EMPTY = 0;
  private static final int FORMAT = 4;
  private static final int LARGEST_D = 1 << 16;
  private static final int FEWER_BITS_OF_STATISTICS = 12;

  private int d;
  private boolean hasWide;
  private GradientFixedPoint fixed;
  private long[] dense;
  private long[] statistics;

  /**
   * For each id d sums, followed by the sum of its first-order weight if there is one. Gradients
   * are added to the first element; the others come from merged sums, which are only collected as
   * long as adding them up cannot overflow. Empty after {@link #release}.
   */
  private final List<TableSums> tables = new ArrayList<>();

  private long loss;
  private long weight;
  private long rows;
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
    this(layout, bits, TableSums.take(width(layout.embeddingDim(), layout.wide())));
  }

  private GradientSum(ParameterLayout layout, int bits, TableSums sums) {
    d = layout.embeddingDim();
    hasWide = layout.wide();
    fixed = new GradientFixedPoint(bits);
    dense = new long[layout.denseSize()];
    statistics = new long[layout.statisticsSize()];
    tables.add(sums);
  }

  /**
   * A sum over the indices of distinct ids, see {@link DistinctIds}, which needs no look-up of ids.
   *
   * @param layout of the gradients
   * @param bits fractional bits, see {@link #bitsFor}
   * @param places K: ids are 0 to K - 1, and all of them count as touched
   */
  public static GradientSum ofPlaces(ParameterLayout layout, int bits, int places) {
    int width = width(layout.embeddingDim(), layout.wide());
    return new GradientSum(layout, bits, TableSums.takeIdentity(width, places));
  }

  private static int width(int d, boolean hasWide) {
    return hasWide ? d + 1 : d;
  }

  /** Fractional bits for sums over a batch whose rows have at most the given weight. */
  public static int bitsFor(int batchSize, double largestWeight) {
    return GradientFixedPoint.bitsFor(batchSize * Math.max(1, largestWeight));
  }

  /** True when it has no arrays yet. */
  public boolean isEmpty() {
    return fixed == null;
  }

  /**
   * Records that a block's gradient cannot be computed; if several blocks fail, the failure of the
   * block with the lowest number is kept.
   */
  public void fail(int partition, String reason) {
    if (partition < failedPartition) {
      failedPartition = partition;
      failure = reason;
    }
  }

  /** The reason why the sum is unusable, naming the block; null when it is valid. */
  public String failure() {
    if (failure == null) {
      return null;
    }
    return (failedPartition == MERGED ? "" : "block " + failedPartition + ": ") + failure;
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
    tables.get(0).add(fixed, id, values, from, d);
  }

  @Override
  public void addEmbedding(int id, double[] values, int from) {
    tables.get(0).add(fixed, id, values, from, d);
  }

  @Override
  public void addEmbeddings(int[] ids, int from, int n, float[] values, int at, int stride) {
    tables.get(0).add(fixed, ids, from, n, values, at, stride, d);
  }

  @Override
  public void addWide(int id, double value) {
    requireWide();
    tables.get(0).addToLast(id, fixed.convert(value));
  }

  @Override
  public void addWide(int[] ids, int from, int n, double value) {
    requireWide();
    long sum = fixed.convert(value);
    for (int i = from; i < from + n; i++) {
      tables.get(0).addToLast(ids[i], sum);
    }
  }

  private void requireWide() {
    if (!hasWide) {
      throw new IllegalStateException("gradient sum: the model has no first-order weights");
    }
  }

  @Override
  public void addStatistics(double[] timesRows) {
    ofStatistics().add(statistics, 0, timesRows, 0, statistics.length);
  }

  private GradientFixedPoint ofStatistics() {
    return new GradientFixedPoint(Math.max(1, fixed.bits() - FEWER_BITS_OF_STATISTICS));
  }

  @Override
  public void addLoss(double loss, double weight, long rows) {
    this.loss = GradientFixedPoint.plus(this.loss, fixed.convert(loss));
    this.weight = GradientFixedPoint.plus(this.weight, fixed.convert(weight));
    this.rows += rows;
  }

  /**
   * Adds another sum to this one and returns the result: this sum or, when it is empty, the other.
   * The other must not be used afterwards. As long as the sums of rows cannot overflow, the rows
   * are only collected, and are added up when they are read or written.
   */
  public GradientSum merge(GradientSum other) {
    if (other.isEmpty()) {
      return this;
    }
    return isEmpty() ? other : merged(other, this::mergeSums);
  }

  private GradientSum merged(GradientSum other, Consumer<GradientSum> merge) {
    if (failure != null || other.failure != null) {
      fail(other.failedPartition, other.failure);
      return this;
    }
    try {
      merge.accept(other);
    } catch (ArithmeticException e) {
      fail(MERGED, e.getMessage());
    }
    return this;
  }

  private void mergeSums(GradientSum other) {
    GradientFixedPoint.merge(dense, 0, other.dense, 0, dense.length);
    GradientFixedPoint.merge(statistics, 0, other.statistics, 0, statistics.length);
    mergeTables(other);
    loss = GradientFixedPoint.plus(loss, other.loss);
    weight = GradientFixedPoint.plus(weight, other.weight);
    rows += other.rows;
  }

  private void mergeTables(GradientSum other) {
    List<TableSums> all = new ArrayList<>(tables);
    all.addAll(other.tables);
    if (TableSums.largest(all) < Long.MAX_VALUE) {
      tables.addAll(other.tables);
      other.tables.clear();
      return;
    }
    TableSums added = new TableRows(fixed, all).added();
    release();
    other.release();
    tables.add(added);
  }

  /**
   * The sum as the gradient for an optimiser; its table rows are read from this sum, until {@link
   * #release}.
   */
  public Gradient toGradient() {
    TableRows sorted = new TableRows(fixed, tables);
    return new Gradient(
        fixed.toDoubles(dense, dense.length),
        ofStatistics().toDoubles(statistics, statistics.length),
        sorted.ids(),
        d,
        sorted.first(d),
        hasWide ? sorted.last() : null,
        fixed.toDouble(loss),
        fixed.toDouble(weight),
        rows);
  }

  /** The touched table rows. The sum may be written in parts as long as nothing is added. */
  public TableRows tableRows() {
    return new TableRows(fixed, tables);
  }

  /** Drops all touched table rows. */
  public void dropRows() {
    release();
    tables.add(TableSums.take(width(d, hasWide)));
  }

  /**
   * Adds the table rows of another sum, which must have only table rows and must not be used
   * afterwards. Returns this sum.
   */
  public GradientSum addRows(GradientSum other) {
    return other.isEmpty() ? this : merged(other, this::mergeTables);
  }

  /**
   * Makes the memory available to later sums: neither this sum nor a gradient created from it may
   * be used afterwards. Without a release, later sums are only slower.
   */
  public void release() {
    tables.forEach(TableSums::giveBack);
    tables.clear();
  }

  /**
   * Replaces the ids of touched rows.
   *
   * @param by ascending: the replacement of id i is {@code by[i]}
   */
  public void replaceIds(int[] by) {
    tables.forEach(table -> table.ids().replace(by));
  }

  /** Number of rows added. */
  public long rows() {
    return rows;
  }

  @Override
  public void writeExternal(ObjectOutput out) throws IOException {
    write(out);
  }

  /** Writes the sum. */
  public void write(DataOutput out) throws IOException {
    out.writeByte(isEmpty() ? EMPTY : FORMAT);
    if (isEmpty()) {
      return;
    }
    TableRows sorted = new TableRows(fixed, tables);
    writeHead(out, dense.length, statistics.length, sorted.ids().length);
    CompactWriter writer = new CompactWriter(out);
    writer.run(dense, 0, dense.length);
    writer.run(statistics, 0, statistics.length);
    sorted.write(writer);
    writer.flush();
  }

  private void writeHead(DataOutput out, int denseSize, int statisticsSize, int ids)
      throws IOException {
    out.writeByte(fixed.bits());
    out.writeInt(d);
    out.writeBoolean(hasWide);
    out.writeLong(loss);
    out.writeLong(weight);
    out.writeLong(rows);
    out.writeInt(failedPartition);
    out.writeUTF(failure == null ? "" : failure);
    out.writeInt(denseSize);
    out.writeInt(statisticsSize);
    out.writeInt(ids);
    out.writeLong(TableSums.largest(tables));
  }

  /**
   * Writes some of the table rows as a sum that has only table rows.
   *
   * @param sorted the table rows of this sum
   * @param from the first id to write
   * @param to the id after the last
   * @param by ascending: id i is written as {@code by[i] - minus}
   */
  public void writeRows(DataOutput out, TableRows sorted, int from, int to, int[] by, int minus)
      throws IOException {
    int first = place(sorted.ids(), from);
    int end = place(sorted.ids(), to);
    int[] names = names(sorted, first, end, by, minus);
    GradientSum none = rowsOnly(tables);
    out.writeByte(FORMAT);
    none.writeHead(out, 0, 0, names.length);
    CompactWriter writer = new CompactWriter(out);
    sorted.write(writer, names, first, end);
    writer.flush();
  }

  /**
   * Copies some of the table rows to a sum that has only table rows, the sum that {@link
   * #writeRows} writes.
   *
   * @param sorted the table rows of this sum
   * @param from the first id to copy
   * @param to the id after the last
   * @param by ascending: id i becomes {@code by[i] - minus}
   */
  public GradientSum rows(TableRows sorted, int from, int to, int[] by, int minus) {
    int first = place(sorted.ids(), from);
    int end = place(sorted.ids(), to);
    return rowsOnly(List.of(sorted.added(names(sorted, first, end, by, minus), first, end)));
  }

  private GradientSum rowsOnly(List<TableSums> rows) {
    GradientSum sum = new GradientSum();
    sum.d = d;
    sum.hasWide = hasWide;
    sum.fixed = fixed;
    sum.dense = new long[0];
    sum.statistics = new long[0];
    sum.tables.addAll(rows);
    return sum;
  }

  private static int[] names(TableRows sorted, int first, int end, int[] by, int minus) {
    int[] names = new int[end - first];
    for (int k = first; k < end; k++) {
      names[k - first] = by[sorted.ids()[k]] - minus;
    }
    return names;
  }

  private static int place(int[] ids, int id) {
    int found = Arrays.binarySearch(ids, id);
    return found < 0 ? -found - 1 : found;
  }

  @Override
  public void readExternal(ObjectInput in) throws IOException {
    read(in);
  }

  /** Reads a sum that {@link #write} wrote, into this empty sum. */
  public void read(DataInput in) throws IOException {
    read(in, Integer.MAX_VALUE, Integer.MAX_VALUE);
  }

  /**
   * Reads a sum; allocates no memory before the sizes have been checked.
   *
   * @param mostDense maximum number of dense numbers
   * @param mostIds maximum number of touched table rows
   * @throws StreamCorruptedException when a maximum is exceeded, or the data is not a sum
   */
  public void read(DataInput in, int mostDense, int mostIds) throws IOException {
    int format = in.readByte();
    if (format == EMPTY) {
      return;
    }
    require("format", format, FORMAT, FORMAT);
    int bits = require("bits", in.readByte(), 1, GradientFixedPoint.MAX_BITS);
    d = require("embedding dimension", in.readInt(), 1, LARGEST_D);
    hasWide = in.readBoolean();
    loss = in.readLong();
    weight = in.readLong();
    rows = in.readLong();
    failedPartition = in.readInt();
    String reason = in.readUTF();
    failure = reason.isEmpty() ? null : reason;
    int denseSize = require("number of dense sums", in.readInt(), 0, mostDense);
    int statisticsSize = require("number of statistics", in.readInt(), 0, mostDense);
    int width = width(d, hasWide);
    int size =
        require("number of ids", in.readInt(), 0, Math.min(mostIds, Integer.MAX_VALUE / width));
    long largest = in.readLong();
    if (largest < 0) {
      throw new StreamCorruptedException(
          "gradient sum: the largest magnitude must not be negative, got " + largest);
    }
    CompactReader reader = new CompactReader(in);
    dense = reader.run(denseSize);
    statistics = reader.run(statisticsSize);
    tables.add(TableSums.read(reader, size, width, largest));
    reader.end();
    fixed = new GradientFixedPoint(bits);
  }

  private static int require(String what, int found, int least, int most)
      throws StreamCorruptedException {
    if (found < least || found > most) {
      throw new StreamCorruptedException(
          "gradient sum: " + what + " must be in [" + least + ", " + most + "], got " + found);
    }
    return found;
  }
}

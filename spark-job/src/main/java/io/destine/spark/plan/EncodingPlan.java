package io.destine.spark.plan;

import io.destine.feature.FieldShape;
import io.destine.spark.encode.EncodingLimits;

/**
 * The memory of the vocabulary: bytes of a JVM that scores, and of tasks and driver while tables
 * are encoded. With n values that have ids of their own, of b bytes each, and {@link
 * EncodingLimits}:
 *
 * <ul>
 *   <li>a JVM that predicts has the vocabulary's files mapped into memory, of which look-ups read b
 *       + 10 bytes a value; at most two bytes a value are on the heap;
 *   <li>a chunk that is being read has at most 20 + b bytes a value up to {@code chunkBytes}, and
 *       all its tables may double just before, to 56 + 2 b; beside them the arrays of its rows;
 *   <li>a shard has its values in arrays that double, and in sorted ones with their ids, and all
 *       packets of {@code shardValues} values of chunks; more than {@value
 *       EncodingLimits#MOST_SHARDS} shards are not made, and with more values they grow;
 *   <li>a task that writes blocks has the packed rows, and where each is;
 *   <li>the driver has the number of values by class (field and number of rows) and shard. Values
 *       with c rows are a class, so a field with R rows has at most sqrt(2 R) of them, and in S
 *       shards sqrt(2 R S).
 * </ul>
 *
 * Chunks that wait lie in Spark's storage, which moves them to disk when memory is short, and do
 * not count. Immutable.
 */
public final class EncodingPlan {
  private static final EncodingLimits LIMITS = EncodingLimits.DEFAULT;

  /** Bytes of a value in the file of a {@code VocabularyShard} beside its text. */
  private static final int MAPPED = 2 + 4 + 4;

  /** Most bytes of a value in the index of a {@code VocabularyShard}. */
  private static final int INDEXED = 2;

  /** Bytes of a value in a {@code ValueTable} beside its text: offset, hash, two slots. */
  private static final int FOUND = 4 + 8 + 2 * 4;

  /** The same just after all arrays have grown: the first two twice, and eight slots. */
  private static final int FOUND_AND_GROWN = 2 * (4 + 8) + 8 * 4;

  /** Bytes of a value's place in the arrays of a {@code MergedShard}. */
  private static final int MERGED = 2 + 4 + 8 + 8 + 8 + 4 + 4;

  private static final int MERGED_PLACES = 64;
  private static final int MERGED_SLOTS = 256;

  /** Order, id and flag of a value in a {@code NumberedShard}. */
  private static final int NUMBERED = 4 + 4 + 1;

  /** Field, id, offset, rows and date of a value that is written. */
  private static final int WRITTEN = 2 + 4 + 4 + 8 + 4;

  /** Field, number, rows, date and length of a value in a packet, and its place in the shard. */
  private static final int SENT = 8 + 4;

  /** Hash, label, date and key of a row in a chunk. */
  private static final int CHUNK_ROW = 8 + 1 + 4 + 8;

  private static final int FEWEST_CHUNK_ROWS = 1024;

  /** Block, place and label of a packed row, and where it is. */
  private static final int PACKED_ROW = 4 + 8 + 1;

  private static final int PACKED_PLACE = 4 + 8 + 4 + 4;

  /** Bytes of a class in a shard while ids are planned: counts, order, ids. */
  private static final int PLANNED_CLASS = 8 + 4 + 2 * 8 + 3 * 8 + 4 + 4;

  /** Bytes of the same as it is sent: class, first id and last, as a value and as blocks. */
  private static final int SENT_CLASS = 2 * (8 + 4 + 4);

  private final Workload work;
  private final MemoryPlan training;
  private final long values;
  private final double valueBytes;

  /**
   * The plan of encoding the rows of a training and of scoring with its model.
   *
   * @param values n, those that have ids of their own
   * @param valueBytes b, of a value on average
   * @throws IllegalArgumentException when it needs more than 2^63 bytes
   */
  public EncodingPlan(Workload work, long values, double valueBytes) {
    if (!(valueBytes >= 0 && valueBytes <= 1e6)) {
      throw new IllegalArgumentException("--value-bytes must be from 0 to 1e6, got " + valueBytes);
    }
    this.work = work;
    this.values = values;
    this.valueBytes = valueBytes;
    training = new MemoryPlan(work);
    try {
      executorMemory();
      driverMemory();
      scorerMemory();
      mappedBytes();
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(MemoryPlan.TOO_LARGE);
    }
  }

  /** Most bytes of the vocabulary on the heap of a JVM that predicts. */
  public long vocabularyBytes() {
    return MemoryPlan.times(INDEXED, values);
  }

  /**
   * Bytes of the vocabulary's files that look-ups read. They are pages of files, not on the heap:
   * in memory as far as there is room.
   */
  public long mappedBytes() {
    return MemoryPlan.ceil(values * (MAPPED + valueBytes));
  }

  /** The data on the heap of an executor that predicts: the tables and the vocabulary's index. */
  public long scorerBytes() {
    return MemoryPlan.sum(training.parameterBytes(), vocabularyBytes());
  }

  /** Heap of an executor that predicts, in MiB. */
  public long scorerMemory() {
    return MemoryPlan.heap(scorerBytes());
  }

  /** Most bytes of a task that reads rows into a chunk. */
  public long chunkBytes() {
    double rows = Math.min(work.rows(), LIMITS.chunkRows());
    double grown = FOUND_AND_GROWN + 2 * valueBytes;
    double tables =
        Math.min(
            rows * work.idsPerRow() * grown, LIMITS.chunkBytes() * grown / (FOUND + valueBytes));
    long places = Math.min(LIMITS.chunkRows(), doubled(FEWEST_CHUNK_ROWS, (long) rows));
    return MemoryPlan.sum(MemoryPlan.ceil(tables), MemoryPlan.times(places, chunkRowBytes()));
  }

  private long chunkRowBytes() {
    long bytes = CHUNK_ROW + (work.weighted() ? 4 : 0) + (work.grouped() ? 8 : 0);
    for (FieldShape field : work.stored().fields()) {
      bytes +=
          switch (field.kind()) {
            case ID, MULTI -> 4;
            case LINEAR -> 8;
            case VECTOR -> 4L * field.length();
          };
    }
    return bytes;
  }

  /** Bytes of a task that merges a shard, gives ids and writes its file. */
  public long shardBytes() {
    double sent = work.rows() * work.idsPerRow();
    double most = Math.max(LIMITS.shardValues(), (double) values / EncodingLimits.MOST_SHARDS);
    long n = MemoryPlan.ceil(Math.min(sent, most));
    return MemoryPlan.sum(
        MemoryPlan.times(MERGED, doubled(MERGED_PLACES, n)),
        MemoryPlan.times(4, slots(MERGED_SLOTS, n)),
        MemoryPlan.ceil(n * (NUMBERED + WRITTEN + SENT + 4 * valueBytes)));
  }

  /** The length of an array that begins at {@code length} and doubles until it has n places. */
  private static long doubled(long length, long n) {
    while (length < n) {
      length *= 2;
    }
    return length;
  }

  /** The slots of a table that are made four times as many when n are more than half of them. */
  private static long slots(long slots, long n) {
    while (2 * n > slots) {
      slots *= 4;
    }
    return slots;
  }

  /** Bytes of a task that collects packed rows and writes them as blocks. */
  public long rowsBytes() {
    long rows = Math.min(work.rows(), LIMITS.writtenRows(work.stored()));
    double numbers =
        4 * (work.storedIdsPerRow() + work.stored().denseWidth())
            + work.stored().multis()
            + (work.weighted() ? 4 : 0)
            + (work.grouped() ? 8 : 0);
    return MemoryPlan.sum(
        MemoryPlan.ceil(rows * (PACKED_ROW + numbers)),
        MemoryPlan.times(PACKED_PLACE, doubled(FEWEST_CHUNK_ROWS, rows)));
  }

  /** Most bytes of a task, of whatever kind. */
  public long taskBytes() {
    return Math.max(rowsBytes(), Math.max(chunkBytes(), shardBytes()));
  }

  /** Most classes of values, counted in each shard that has some. */
  public long classes() {
    double shards = EncodingLimits.MOST_SHARDS;
    double most =
        work.fields().singles() * Math.sqrt(2 * work.rows() * shards)
            + work.fields().multis()
                * Math.sqrt(2 * work.rows() * Math.max(1, work.valuesPerMulti()) * shards);
    return MemoryPlan.ceil(Math.min(values, most));
  }

  /** The data on the driver's heap while tables are encoded. */
  public long driverBytes() {
    return MemoryPlan.times(PLANNED_CLASS, classes());
  }

  /** The data on an executor's heap while tables are encoded: a task a core. */
  public long executorBytes() {
    return MemoryPlan.sum(
        MemoryPlan.times(work.cores(), taskBytes()), MemoryPlan.times(SENT_CLASS, classes()));
  }

  /** Heap of the driver, in MiB. */
  public long driverMemory() {
    return MemoryPlan.heap(driverBytes());
  }

  /** Heap of an executor, in MiB. */
  public long executorMemory() {
    return MemoryPlan.heap(executorBytes());
  }
}

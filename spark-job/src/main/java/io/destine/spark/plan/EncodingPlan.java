package io.destine.spark.plan;

import io.destine.feature.VocabularyShard;
import io.destine.spark.encode.EncodingLimits;
import io.destine.spark.encode.EncodingMemory;

/**
 * The memory of the vocabulary: bytes in a JVM that scores, and in tasks and the driver while
 * tables are encoded. With n values with their own ids, of b bytes each, and {@link
 * EncodingLimits}:
 *
 * <ul>
 *   <li>a JVM that predicts maps the vocabulary's files into memory; look-ups read b + 10 bytes of
 *       them per value; at most two bytes per value are on the heap;
 *   <li>a chunk that is being read has at most 20 + b bytes per value up to {@code chunkBytes}; all
 *       its tables may double just before it is full, to 56 + 2 b; in addition there are the arrays
 *       of its rows;
 *   <li>a shard has its values in arrays that double or quadruple, and in sorted arrays with their
 *       ids, and all packets of {@code shardValues} values of chunks; there are at most {@value
 *       EncodingLimits#MOST_SHARDS} shards, which grow with more values;
 *   <li>a task that writes blocks has the packed rows and their positions;
 *   <li>the driver has the number of values by class (field and number of rows) and shard. Values
 *       with c rows form a class, so a field with R rows has at most sqrt(2 R) classes, and sqrt(2
 *       R S) in S shards.
 * </ul>
 *
 * Waiting chunks are in Spark's storage, which moves them to disk if memory is short, so they are
 * not counted. Immutable.
 */
public final class EncodingPlan {
  private static final EncodingLimits LIMITS = EncodingLimits.DEFAULT;

  private final Workload work;
  private final MemoryPlan training;
  private final long values;
  private final double valueBytes;

  /**
   * The plan for encoding the rows of a training run and for scoring with its model.
   *
   * @param values n, number of values with their own ids
   * @param valueBytes b, mean bytes of a value
   * @throws IllegalArgumentException if it needs more than 2^63 bytes
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

  /** Maximum bytes of the vocabulary on the heap of a JVM that predicts. */
  public long vocabularyBytes() {
    return MemoryPlan.times(VocabularyShard.INDEX_BYTES, values);
  }

  /**
   * Bytes of the vocabulary's files that look-ups read. They are file pages, not on the heap, and
   * stay in memory if there is room.
   */
  public long mappedBytes() {
    return MemoryPlan.ceil(values * (VocabularyShard.COLUMN_BYTES + valueBytes));
  }

  /** The data on the heap of an executor that predicts: the tables and the vocabulary's index. */
  public long scorerBytes() {
    return MemoryPlan.sum(training.parameterBytes(), vocabularyBytes());
  }

  /** Heap of an executor that predicts, in MiB. */
  public long scorerMemory() {
    return MemoryPlan.heap(scorerBytes());
  }

  /** Maximum bytes of a task that reads rows into a chunk. */
  public long chunkBytes() {
    double rows = Math.min(work.rows(), LIMITS.chunkRows());
    return MemoryPlan.ceil(
        EncodingMemory.chunkValues(LIMITS, rows * work.idsPerRow(), valueBytes)
            + EncodingMemory.chunkRows(
                LIMITS, work.rows(), work.stored(), work.weighted(), work.grouped()));
  }

  /** Bytes of a task that merges a shard, assigns ids and writes its file. */
  public long shardBytes() {
    double sent = work.rows() * work.idsPerRow();
    double most = Math.max(LIMITS.shardValues(), (double) values / EncodingLimits.MOST_SHARDS);
    long n = MemoryPlan.ceil(Math.min(sent, most));
    return MemoryPlan.ceil(EncodingMemory.shard(n, valueBytes));
  }

  /** Bytes of a task that collects packed rows and writes them as blocks. */
  public long rowsBytes() {
    long rows = Math.min(work.rows(), LIMITS.writtenRows(work.stored()));
    double numbers =
        4 * (work.storedIdsPerRow() + work.stored().denseWidth())
            + work.stored().multis()
            + (work.weighted() ? 4 : 0)
            + (work.grouped() ? 8 : 0);
    return MemoryPlan.ceil(EncodingMemory.packedRows(rows, numbers));
  }

  /** Maximum bytes of a task of any kind. */
  public long taskBytes() {
    return Math.max(rowsBytes(), Math.max(chunkBytes(), shardBytes()));
  }

  /**
   * Maximum number of classes, summed over the shards; a class is the values of a field with the
   * same number of occurrences.
   */
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
    return MemoryPlan.ceil(EncodingMemory.plan(classes()));
  }

  /** The data on an executor's heap while tables are encoded: one task for each core. */
  public long executorBytes() {
    return MemoryPlan.sum(
        MemoryPlan.times(work.cores(), taskBytes()),
        MemoryPlan.ceil(EncodingMemory.sentPlan(classes())));
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

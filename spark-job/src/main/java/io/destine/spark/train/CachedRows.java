package io.destine.spark.train;

import io.destine.feature.EncodedBatch;
import java.util.function.IntFunction;
import java.util.function.IntSupplier;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.storage.StorageLevel;

/**
 * Rows that executors hold in memory, their logical partitions grouped into tasks, as many as the
 * cluster has cores. Which logical partitions there are never changes, so neither do results. One
 * thread.
 */
public final class CachedRows implements AutoCloseable {
  private final IntFunction<JavaRDD<EncodedBatch>> reader;
  private final IntSupplier wanted;
  private int tasks;
  private JavaRDD<EncodedBatch> rows;

  /**
   * Nothing in memory yet.
   *
   * @param reader the rows in the given number of tasks: one element per non-empty logical
   *     partition, not persisted
   * @param wanted number of tasks, now
   */
  public CachedRows(IntFunction<JavaRDD<EncodedBatch>> reader, IntSupplier wanted) {
    this.reader = reader;
    this.wanted = wanted;
    regroup();
  }

  /**
   * Follows a cluster that has grown or shrunk: rows are then read again into the new number of
   * tasks.
   */
  void regroup() {
    int now = wanted.getAsInt();
    if (now != tasks) {
      close();
      rows = reader.apply(now).persist(StorageLevel.MEMORY_AND_DISK());
      tasks = now;
    }
  }

  /** One element per non-empty logical partition. */
  public JavaRDD<EncodedBatch> rdd() {
    return rows;
  }

  /** Tasks of a step. */
  public int tasks() {
    return tasks;
  }

  /** Frees the memory. */
  @Override
  public void close() {
    if (rows != null) {
      rows.unpersist(false);
    }
  }
}

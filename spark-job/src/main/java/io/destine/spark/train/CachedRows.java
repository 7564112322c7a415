package io.destine.spark.train;

import io.destine.feature.EncodedBatch;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.storage.StorageLevel;
import scala.collection.JavaConverters;

/**
 * Rows that executors hold in memory, their logical partitions grouped into tasks, as many as the
 * cluster has cores. Which logical partitions there are never changes, so neither do results. One
 * thread.
 */
public final class CachedRows implements AutoCloseable {
  private final IntFunction<JavaRDD<EncodedBatch>> reader;
  private final IntSupplier wanted;
  private final Supplier<Set<String>> executors;
  private int tasks;
  private Set<String> known = Set.of();
  private JavaRDD<EncodedBatch> rows;

  /**
   * Nothing in memory yet.
   *
   * @param reader the rows in the given number of tasks: one element per non-empty logical
   *     partition, not persisted
   * @param wanted number of tasks, now
   */
  public CachedRows(IntFunction<JavaRDD<EncodedBatch>> reader, IntSupplier wanted) {
    this(reader, wanted, Set::of);
  }

  /** The same; rows are also read again when an executor is there that was not before. */
  CachedRows(
      IntFunction<JavaRDD<EncodedBatch>> reader,
      IntSupplier wanted,
      Supplier<Set<String>> executors) {
    this.reader = reader;
    this.wanted = wanted;
    this.executors = executors;
    regroup();
  }

  /** Rows on a cluster: one task a core that it has now, at most one a logical partition. */
  static CachedRows on(
      JavaSparkContext context, IntFunction<JavaRDD<EncodedBatch>> reader, int logicalPartitions) {
    return new CachedRows(
        reader,
        () -> Math.min(context.defaultParallelism(), logicalPartitions),
        () -> executors(context));
  }

  /** Addresses of the executors that the cluster has now. */
  private static Set<String> executors(JavaSparkContext context) {
    return Set.copyOf(
        JavaConverters.mapAsJavaMapConverter(context.sc().getExecutorMemoryStatus())
            .asJava()
            .keySet());
  }

  /**
   * Follows a cluster that has grown or shrunk: rows are then read again into the new number of
   * tasks. Likewise when an executor has taken the place of another: tasks run where their rows
   * are, and the new one would never have any.
   */
  void regroup() {
    int now = wanted.getAsInt();
    Set<String> there = executors.get();
    if (now != tasks || !known.containsAll(there)) {
      close();
      rows = reader.apply(now).persist(StorageLevel.MEMORY_AND_DISK());
      tasks = now;
      known = there;
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

package io.destine.spark.encode;

import java.io.Serializable;

/**
 * How large a {@link Chunk} may become before the next one is begun. More than one chunk a task
 * bounds the memory of its distinct values.
 *
 * @param rows good and bad
 * @param bytes of distinct values, lists and texts of bad rows
 */
record ChunkLimits(int rows, long bytes) implements Serializable {
  /** What a task of a few hundred megabytes can hold several of. */
  static final ChunkLimits DEFAULT = new ChunkLimits(1 << 18, 64L << 20);
}

package io.destine.spark.encode;

import io.destine.feature.FieldLayout;
import java.io.Serializable;

/**
 * Limits of the work of a task. They do not change the result.
 *
 * @param chunkRows good and bad rows of a {@link Chunk}
 * @param chunkBytes of its distinct values, lists, vectors and texts of bad rows; several chunks
 *     per task bound the memory of distinct values
 * @param shardValues approximate number of distinct values of chunks that a vocabulary task merges
 * @param taskRows approximate number of rows that a task of {@link RepeatedRows} compares and, if
 *     rows are short, that a task writes to blocks
 */
public record EncodingLimits(int chunkRows, long chunkBytes, long shardValues, long taskRows)
    implements Serializable {
  /** Maximum number of shards of a vocabulary; with more values, shards get larger. */
  public static final int MOST_SHARDS = 1 << 10;

  /** Target bytes of ids and numbers written by a task. */
  private static final long TASK_BYTES = 1L << 27;

  /** Limits for a core with a few hundred megabytes. */
  public static final EncodingLimits DEFAULT =
      new EncodingLimits(1 << 18, 64L << 20, 1 << 18, 1 << 19);

  /**
   * Approximate number of rows that a task writes to blocks; fewer if rows are long, for example
   * with vectors.
   */
  public long writtenRows(FieldLayout stored) {
    long rowBytes = 4L * (stored.singles() + stored.multis() + stored.denseWidth());
    return Math.min(taskRows, TASK_BYTES / rowBytes);
  }

  /**
   * The number of leading bits of a value's hash that select its shard, for this number of values.
   */
  int shardBits(long values) {
    long shards = Math.min(MOST_SHARDS, Math.max(1, (values + shardValues - 1) / shardValues));
    return Long.SIZE - Long.numberOfLeadingZeros(shards - 1);
  }
}

package io.destine.spark.encode;

import io.destine.feature.FieldLayout;
import java.io.Serializable;

/**
 * How much one task handles at a time. None of it changes the result.
 *
 * @param chunkRows good and bad rows of a {@link Chunk}
 * @param chunkBytes of its distinct values, lists and texts of bad rows; more than one chunk a task
 *     bounds the memory of distinct values
 * @param shardValues distinct values of chunks that a task of the vocabulary merges, about
 * @param taskRows rows that a task of {@link RepeatedRows} compares and, if they are short, that a
 *     task writes to blocks, about
 */
public record EncodingLimits(int chunkRows, long chunkBytes, long shardValues, long taskRows)
    implements Serializable {
  /** Most shards of a vocabulary; with more values than these take, shards are larger. */
  public static final int MOST_SHARDS = 1 << 10;

  /** Bytes of the ids and numbers of these rows. */
  private static final long TASK_BYTES = 1L << 27;

  /** Limits for a core with a few hundred megabytes. */
  public static final EncodingLimits DEFAULT =
      new EncodingLimits(1 << 18, 64L << 20, 1 << 18, 1 << 19);

  /** Rows that a task writes to blocks, about: fewer where rows are long, such as of vectors. */
  public long writtenRows(FieldLayout stored) {
    long rowBytes = 4L * (stored.singles() + stored.multis() + stored.denseWidth());
    return Math.min(taskRows, TASK_BYTES / rowBytes);
  }

  /** The highest bits of the hash of a value that tell its shard, of so many values. */
  int shardBits(long values) {
    long shards = Math.min(MOST_SHARDS, Math.max(1, (values + shardValues - 1) / shardValues));
    return Long.SIZE - Long.numberOfLeadingZeros(shards - 1);
  }
}

package io.destine.spark.encode;

import java.io.Serializable;

/**
 * How much one task handles at a time. None of it changes the result.
 *
 * @param chunkRows good and bad rows of a {@link Chunk}
 * @param chunkBytes of its distinct values, lists and texts of bad rows; more than one chunk a task
 *     bounds the memory of distinct values
 * @param shardValues distinct values of chunks that a task of the vocabulary merges, about
 * @param taskRows rows that a task of {@link RepeatedRows} compares and that a task writes to
 *     blocks, about
 */
public record EncodingLimits(int chunkRows, long chunkBytes, long shardValues, long taskRows)
    implements Serializable {
  /** Most shards of a vocabulary; with more values than these take, shards are larger. */
  public static final int MOST_SHARDS = 1 << 10;

  /** What a core with a few hundred megabytes can do. */
  public static final EncodingLimits DEFAULT =
      new EncodingLimits(1 << 18, 64L << 20, 1 << 18, 1 << 19);

  /** The highest bits of the hash of a value that tell its shard, of so many values. */
  int shardBits(long values) {
    long shards = Math.min(MOST_SHARDS, Math.max(1, (values + shardValues - 1) / shardValues));
    return Long.SIZE - Long.numberOfLeadingZeros(shards - 1);
  }
}

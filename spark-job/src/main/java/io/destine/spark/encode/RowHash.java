package io.destine.spark.encode;

import io.destine.feature.ByteHash;
import io.destine.feature.RecordHash;
import java.util.List;

/** The parts of a row's hash other than its fields. */
final class RowHash {
  /** A constant instead of the row's weight, so that scaling all weights moves no row. */
  private static final int WEIGHT = Float.floatToIntBits(1);

  private static final long DATE_SEED = 4;

  private RowHash() {}

  static long ofDate(String text) {
    return ByteHash.of(DATE_SEED, text);
  }

  /**
   * The hash of row n of a chunk.
   *
   * @param fields hash of the row's fields
   * @param dates hashes of the chunk's dates
   */
  static long complete(Chunk chunk, int n, long fields, List<Long> dates) {
    int day = chunk.dates == null ? -1 : chunk.dates[n];
    long h = RecordHash.combine(fields, Float.floatToIntBits(chunk.labels[n]));
    h = RecordHash.combine(h, WEIGHT);
    h = RecordHash.combine(h, chunk.groups == null ? 0 : chunk.groups[n]);
    h = RecordHash.combine(h, day < 0 ? 0 : dates.get(day));
    if (chunk.splitDates != null) {
      int split = chunk.splitDates[n];
      return RecordHash.combine(h, split < 0 ? 0 : ofDate(chunk.splitDateTexts.get(split)));
    }
    return chunk.splitKeys == null ? h : RecordHash.combine(h, chunk.splitKeys[n]);
  }
}

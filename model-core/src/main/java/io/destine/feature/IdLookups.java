package io.destine.feature;

import io.destine.numeric.ReadAhead;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Looks up the ids of a row's values together. Vocabulary and row values do not fit in the
 * processor's cache: the data that all lookups need next is read first, so that the processor waits
 * for many cache lines at once instead of one after the other. Not thread-safe.
 */
final class IdLookups {
  private final ReadAhead ahead = new ReadAhead();

  // The following arrays are indexed by lookup.

  private int[] fields = new int[16];

  /** UTF-8 bytes; null for a missing value. */
  private byte[][] values = new byte[16][];

  private long[] hashes = new long[16];
  private int[] ids = new int[16];
  private int count;
  private final CrossValue cross = new CrossValue();

  /** Removes all lookups. */
  void clear() {
    count = 0;
  }

  /** Reads values that will be encoded, to load them into the cache. */
  void touch(Object[] raw) {
    int read = 0;
    for (Object value : raw) {
      if (value instanceof String text && !text.isEmpty()) {
        read += text.charAt(0);
      }
    }
    ahead.took(read);
  }

  /** Adds a value of field m, null for a missing one. */
  void add(int m, String value) {
    add(m, value == null ? null : value.getBytes(StandardCharsets.UTF_8));
  }

  /** Adds the value of cross m, whose parts are earlier lookups. */
  void addCross(int m, int[] parts, Vocabulary vocabulary) {
    cross.clear();
    for (int k : parts) {
      cross.add(values[k], hashes[k], vocabulary.hashBuckets(fields[k]));
    }
    add(m, Arrays.copyOf(cross.bytes(), cross.length()));
  }

  private void add(int m, byte[] value) {
    if (count == fields.length) {
      fields = Arrays.copyOf(fields, 2 * count);
      values = Arrays.copyOf(values, 2 * count);
      hashes = Arrays.copyOf(hashes, 2 * count);
      ids = Arrays.copyOf(ids, 2 * count);
    }
    fields[count] = m;
    values[count] = value;
    hashes[count] = value == null ? 0 : ByteHash.of(m, value, 0, value.length);
    count++;
  }

  /**
   * Finds the ids of all values.
   *
   * @throws IllegalArgumentException when a field has no ids
   */
  void find(Vocabulary vocabulary) {
    int read = 0;
    for (int k = 0; k < count; k++) {
      read += vocabulary.shardOf(hashes[k]).firstOf(hashes[k]);
    }
    ahead.took(read);
    for (int k = 0; k < count; k++) {
      read += vocabulary.shardOf(hashes[k]).touch(hashes[k]);
    }
    ahead.took(read);
    for (int k = 0; k < count; k++) {
      ids[k] = vocabulary.id(fields[k], values[k], hashes[k]);
    }
  }

  /** Number of lookups. */
  int count() {
    return count;
  }

  /** The id that {@link #find} found for lookup k. */
  int id(int k) {
    return ids[k];
  }
}

package io.destine.feature;

import java.util.Arrays;

/**
 * The values of a vocabulary whose hashes lie in one range, with their ids. Immutable, safe for any
 * number of threads. Open addressing over the bytes themselves, no object per value: about 20 bytes
 * each beside the text.
 */
public final class VocabularyShard {
  /** Most values of a shard: twice as many slots are the longest array of a power of two. */
  public static final int MOST_VALUES = 1 << 29;

  private final int count;
  private final short[] fieldOf;
  private final int[] ids;
  private final int[] offsets;
  private final byte[] bytes;
  private final int[] slots;

  /**
   * A shard over the given arrays, which it keeps.
   *
   * @param count n, number of values
   * @param fieldOf [n] index of each value's field
   * @param ids [n]
   * @param offsets [n + 1] where each value's UTF-8 bytes begin, and the last ones end
   * @param bytes of all values
   * @throws IllegalArgumentException when a value occurs twice in a field, or there are too many
   */
  public VocabularyShard(int count, short[] fieldOf, int[] ids, int[] offsets, byte[] bytes) {
    if (count > MOST_VALUES) {
      throw new IllegalArgumentException(
          "values of a shard must be at most " + MOST_VALUES + ", got " + count);
    }
    this.count = count;
    this.fieldOf = fieldOf;
    this.ids = ids;
    this.offsets = offsets;
    this.bytes = bytes;
    slots = new int[Integer.highestOneBit(Math.max(1, 2 * count - 1)) << 1];
    for (int i = 0; i < count; i++) {
      insert(i);
    }
  }

  private void insert(int i) {
    int from = offsets[i];
    int length = offsets[i + 1] - from;
    int at = (int) ByteHash.of(fieldOf[i], bytes, from, length) & (slots.length - 1);
    while (slots[at] != 0) {
      if (holds(slots[at] - 1, fieldOf[i], bytes, from, length)) {
        throw new IllegalArgumentException("a value of field " + fieldOf[i] + " occurs twice");
      }
      at = (at + 1) & (slots.length - 1);
    }
    slots[at] = i + 1;
  }

  private boolean holds(int i, int m, byte[] other, int from, int length) {
    return fieldOf[i] == m
        && Arrays.equals(bytes, offsets[i], offsets[i + 1], other, from, from + length);
  }

  /**
   * The id of a value of field m, -1 when the shard does not have it.
   *
   * @param hash {@link ByteHash} of m and the bytes
   */
  int id(int m, byte[] value, int from, int length, long hash) {
    for (int at = (int) hash & (slots.length - 1); slots[at] != 0; ) {
      int i = slots[at] - 1;
      if (holds(i, m, value, from, length)) {
        return ids[i];
      }
      at = (at + 1) & (slots.length - 1);
    }
    return -1;
  }

  /** n, number of values. */
  public int count() {
    return count;
  }

  /** The index of the field of value i. */
  public int field(int i) {
    return fieldOf[i];
  }

  /** The id of value i. */
  public int id(int i) {
    return ids[i];
  }

  /** The UTF-8 bytes of value i. */
  public byte[] value(int i) {
    return Arrays.copyOfRange(bytes, offsets[i], offsets[i + 1]);
  }

  /** Adds all values in order of their hashes, which lie after those added before. */
  void digest(VocabularyDigest digest) {
    long[] hashes = new long[count];
    for (int i = 0; i < count; i++) {
      hashes[i] = ByteHash.of(fieldOf[i], bytes, offsets[i], offsets[i + 1] - offsets[i]);
    }
    for (int i : HashOrder.of(hashes, count, this::compare)) {
      digest.add(hashes[i], fieldOf[i], bytes, offsets[i], offsets[i + 1] - offsets[i], ids[i]);
    }
  }

  private int compare(int a, int b) {
    int order = Integer.compare(fieldOf[a], fieldOf[b]);
    return order != 0
        ? order
        : Arrays.compareUnsigned(
            bytes, offsets[a], offsets[a + 1], bytes, offsets[b], offsets[b + 1]);
  }
}

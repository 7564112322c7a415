package io.destine.train;

import java.util.Arrays;

/**
 * Sorts numbers by their ids, ascending; numbers with the same id keep their order. Neither ids nor
 * numbers are negative. Memory is reused for the next sort. Not thread-safe until the numbers are
 * sorted.
 */
final class SortedById {
  private static final int RADIX_BITS = 11;
  private static final int RADIX_FROM = 1 << 9;

  /** Upper half: the id; lower half: the number. */
  private long[] entries = {};

  private long[] spare = {};
  private int size;

  /** Removes all numbers. */
  void clear() {
    size = 0;
  }

  /**
   * Adds numbers {@code first}, {@code first + 1}, ... for the first {@code n} ids.
   *
   * @throws IllegalArgumentException when an id is negative
   */
  void add(int[] ids, int n, int first) {
    int total = Math.addExact(size, n);
    if (total > entries.length) {
      entries = Arrays.copyOf(entries, total + total / 2);
    }
    for (int i = 0; i < n; i++) {
      if (ids[i] < 0) {
        throw new IllegalArgumentException("an id must not be negative, got " + ids[i]);
      }
      entries[size + i] = ((long) ids[i] << 32) | (first + i);
    }
    size = total;
  }

  /** Number of entries. */
  int size() {
    return size;
  }

  /** The k-th id. */
  int id(int k) {
    return (int) (entries[k] >>> 32);
  }

  /** The number of the k-th id. */
  int number(int k) {
    return (int) entries[k];
  }

  /** Sorts by the ids, least significant digit first. */
  void sort() {
    if (size < RADIX_FROM) {
      Arrays.sort(entries, 0, size);
      return;
    }
    long all = 0;
    for (int i = 0; i < size; i++) {
      all |= entries[i];
    }
    if (spare.length < size) {
      spare = new long[entries.length];
    }
    int mask = (1 << RADIX_BITS) - 1;
    int[] next = new int[mask + 2];
    for (int low = 32; low < 64 && all >>> low != 0; low += RADIX_BITS) {
      Arrays.fill(next, 0);
      for (int i = 0; i < size; i++) {
        next[((int) (entries[i] >>> low) & mask) + 1]++;
      }
      for (int digit = 0; digit < mask; digit++) {
        next[digit + 1] += next[digit];
      }
      for (int i = 0; i < size; i++) {
        spare[next[(int) (entries[i] >>> low) & mask]++] = entries[i];
      }
      long[] swap = entries;
      entries = spare;
      spare = swap;
    }
  }
}

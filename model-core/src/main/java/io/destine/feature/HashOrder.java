package io.destine.feature;

import java.util.Arrays;

/** Orders entries by their 64-bit hashes without an object for each. */
public final class HashOrder {
  /** Above this many moves per entry, on average, a run is sorted by merging. */
  private static final long MOVES = 32;

  private HashOrder() {}

  /** Orders entries with equal hashes. */
  @FunctionalInterface
  public interface Ties {
    /** Negative when the entry at index a comes before that at b, positive when after. */
    int compare(int a, int b);
  }

  /**
   * The indices of the first {@code count} hashes in ascending order of the hashes as unsigned
   * numbers. Sorts longs with the hash's high bits above the index's bits; the entries with equal
   * high bits, usually few, are sorted afterwards. Takes n log n comparisons for any hashes.
   *
   * @param hashes [count or more]
   * @param ties order of entries with equal hashes
   * @return [count] indices
   */
  public static int[] of(long[] hashes, int count, Ties ties) {
    int low = Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(1, count - 1));
    long places = (1L << low) - 1;
    long[] keys = new long[count];
    for (int i = 0; i < count; i++) {
      // The sign bit is flipped: Java sorts longs as signed numbers.
      keys[i] = ((hashes[i] ^ Long.MIN_VALUE) & ~places) | i;
    }
    Arrays.sort(keys);
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      order[i] = (int) (keys[i] & places);
    }
    for (int from = 0, to; from < count; from = to) {
      to = from + 1;
      while (to < count && (keys[to] & ~places) == (keys[from] & ~places)) {
        to++;
      }
      sort(order, from, to, hashes, ties);
    }
    return order;
  }

  /**
   * Sorts a run by insertion, which is fast for short or nearly sorted runs. Deliberately colliding
   * hashes would take quadratic time: after a limited number of moves the run is sorted by merging.
   */
  private static void sort(int[] order, int from, int to, long[] hashes, Ties ties) {
    long moves = MOVES * (to - from);
    for (int i = from + 1; i < to; i++) {
      int entry = order[i];
      int at = i;
      for (; at > from && before(hashes, entry, order[at - 1], ties); at--) {
        order[at] = order[at - 1];
      }
      order[at] = entry;
      moves -= i - at;
      if (moves < 0) {
        merge(order, from, to, hashes, ties);
        return;
      }
    }
  }

  private static void merge(int[] order, int from, int to, long[] hashes, Ties ties) {
    int[] sorted =
        Arrays.stream(order, from, to)
            .boxed()
            .sorted((a, b) -> compare(hashes, a, b, ties))
            .mapToInt(Integer::intValue)
            .toArray();
    System.arraycopy(sorted, 0, order, from, sorted.length);
  }

  private static boolean before(long[] hashes, int a, int b, Ties ties) {
    return compare(hashes, a, b, ties) < 0;
  }

  private static int compare(long[] hashes, int a, int b, Ties ties) {
    int order = Long.compareUnsigned(hashes[a], hashes[b]);
    return order != 0 ? order : ties.compare(a, b);
  }
}

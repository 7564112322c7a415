package io.destine.feature;

import java.util.Arrays;

/** Orders entries by their 64-bit hashes without an object for each. */
public final class HashOrder {
  private HashOrder() {}

  /** Compares two entries whose hashes may be equal, by their places. */
  @FunctionalInterface
  public interface Ties {
    /** Negative when the entry at place a comes before that at b, positive when after. */
    int compare(int a, int b);
  }

  /**
   * The places of the first {@code count} hashes in ascending order of the hashes as unsigned
   * numbers. Sorts longs of a hash's high bits over the place's bits; the few whose high bits are
   * equal are put in order afterwards.
   *
   * @param hashes [count or more]
   * @param ties order of entries with equal hashes
   * @return [count] places
   */
  public static int[] of(long[] hashes, int count, Ties ties) {
    int low = Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(1, count - 1));
    long places = (1L << low) - 1;
    long[] keys = new long[count];
    for (int i = 0; i < count; i++) {
      // The sign bit is flipped: arrays are sorted as signed numbers.
      keys[i] = ((hashes[i] ^ Long.MIN_VALUE) & ~places) | i;
    }
    Arrays.sort(keys);
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      order[i] = (int) (keys[i] & places);
      for (int at = i; at > 0 && (keys[at] & ~places) == (keys[at - 1] & ~places); at--) {
        if (!before(hashes, order[at], order[at - 1], ties)) {
          break;
        }
        int swapped = order[at];
        order[at] = order[at - 1];
        order[at - 1] = swapped;
      }
    }
    return order;
  }

  private static boolean before(long[] hashes, int a, int b, Ties ties) {
    int order = Long.compareUnsigned(hashes[a], hashes[b]);
    return order != 0 ? order < 0 : ties.compare(a, b) < 0;
  }
}

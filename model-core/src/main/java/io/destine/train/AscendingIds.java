package io.destine.train;

import java.util.Arrays;

/** Arrays of distinct ids in ascending order. */
public final class AscendingIds {
  private AscendingIds() {}

  /** The union of two such arrays, as one: one of the two when the other is empty. */
  public static int[] union(int[] a, int[] b) {
    if (a.length == 0 || b.length == 0) {
      return b.length == 0 ? a : b;
    }
    int[] all = new int[Math.addExact(a.length, b.length)];
    int size = 0;
    int i = 0;
    int j = 0;
    while (i < a.length || j < b.length) {
      boolean fromA = j == b.length || (i < a.length && a[i] <= b[j]);
      int id = fromA ? a[i++] : b[j++];
      if (size == 0 || all[size - 1] != id) {
        all[size++] = id;
      }
    }
    return Arrays.copyOf(all, size);
  }
}

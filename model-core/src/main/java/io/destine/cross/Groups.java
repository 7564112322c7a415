package io.destine.cross;

import io.destine.random.CounterRandom;
import java.util.Arrays;

/**
 * Rows by group.
 *
 * @param of [N] the group of each row, numbered from 0
 * @param count of groups
 */
record Groups(int[] of, int count) {
  /** Maximum number of pairs of numbers that are looked up in an array by index. */
  private static final int MOST_PLACES = 1 << 22;

  /**
   * A hash, the same for two divisions of the rows into the same groups: groups are numbered in
   * order of appearance.
   */
  long hash() {
    long hash = 0;
    for (int group : of) {
      hash = CounterRandom.mix(hash ^ group);
    }
    return hash;
  }

  /** These groups subdivided by another number of each row, which is below {@code limit}. */
  Groups and(int[] numbers, int limit) {
    long places = (long) count * limit;
    return places <= MOST_PLACES ? byPlace(numbers, limit, (int) places) : byHash(numbers, limit);
  }

  private Groups byPlace(int[] numbers, int limit, int places) {
    int[] groupAt = new int[places];
    int[] result = new int[of.length];
    int groups = 0;
    for (int n = 0; n < of.length; n++) {
      int place = of[n] * limit + numbers[n];
      if (groupAt[place] == 0) {
        groupAt[place] = ++groups;
      }
      result[n] = groupAt[place] - 1;
    }
    return new Groups(result, groups);
  }

  private Groups byHash(int[] numbers, int limit) {
    int mask = Integer.highestOneBit(Math.max(1, of.length)) * 4 - 1;
    long[] keys = new long[mask + 1];
    int[] groupAt = new int[mask + 1];
    Arrays.fill(keys, -1);
    int[] result = new int[of.length];
    int groups = 0;
    for (int n = 0; n < of.length; n++) {
      long key = (long) of[n] * limit + numbers[n];
      int place = (int) CounterRandom.mix(key) & mask;
      while (keys[place] != key && keys[place] >= 0) {
        place = (place + 1) & mask;
      }
      if (keys[place] < 0) {
        keys[place] = key;
        groupAt[place] = groups++;
      }
      result[n] = groupAt[place];
    }
    return new Groups(result, groups);
  }
}

package io.destine.param;

import io.destine.random.CounterRandom;
import java.util.Arrays;

/**
 * Gives each distinct id the next slot 0, 1, 2, ...: an open-addressing table of ints. One thread.
 */
public final class IdSlots {
  private int[] table;
  private int[] ids;
  private int size;
  private int mask;

  /** Empty, with room for about {@code expected} ids. */
  public IdSlots(int expected) {
    int capacity = Integer.highestOneBit(Math.max(8, expected)) << 2;
    table = new int[capacity];
    ids = new int[capacity / 2];
    mask = capacity - 1;
  }

  /** The slot of an id; a new id gets slot {@link #size()}. */
  public int slot(int id) {
    int at = (int) CounterRandom.mix(id) & mask;
    while (true) {
      int entry = table[at];
      if (entry == 0) {
        return insert(id, at);
      }
      if (ids[entry - 1] == id) {
        return entry - 1;
      }
      at = (at + 1) & mask;
    }
  }

  private int insert(int id, int at) {
    if (size == ids.length) {
      grow();
      return slot(id);
    }
    ids[size] = id;
    table[at] = size + 1;
    return size++;
  }

  private void grow() {
    ids = Arrays.copyOf(ids, 2 * ids.length);
    table = new int[2 * table.length];
    mask = table.length - 1;
    for (int s = 0; s < size; s++) {
      int at = (int) CounterRandom.mix(ids[s]) & mask;
      while (table[at] != 0) {
        at = (at + 1) & mask;
      }
      table[at] = s + 1;
    }
  }

  /** Number of distinct ids. */
  public int size() {
    return size;
  }

  /** The id of a slot. */
  public int id(int slot) {
    return ids[slot];
  }

  /** The slots in ascending order of their ids. */
  public int[] slotsById() {
    long[] pairs = new long[size];
    for (int s = 0; s < size; s++) {
      pairs[s] = ((long) ids[s] << 32) | s;
    }
    Arrays.sort(pairs);
    int[] slots = new int[size];
    for (int i = 0; i < size; i++) {
      slots[i] = (int) pairs[i];
    }
    return slots;
  }

  /** The distinct ids, ascending. */
  public int[] ids() {
    int[] sorted = Arrays.copyOf(ids, size);
    Arrays.sort(sorted);
    return sorted;
  }
}

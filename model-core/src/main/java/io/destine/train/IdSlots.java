package io.destine.train;

import java.util.Arrays;

/**
 * Gives each distinct id the next slot 0, 1, 2, ...: an open-addressing table whose entries hold id
 * and slot in one word. Ids are numbers of table rows, hence not negative. One thread.
 */
public final class IdSlots {
  /** 2^32 over the golden ratio: consecutive ids land far apart. */
  private static final int SPREAD = 0x9E3779B9;

  private static final int RADIX_BITS = 11;
  private static final int RADIX_FROM = 1 << 9;

  /** id << 32 | slot + 1, 0 where free; null until the first look-up. */
  private long[] table;

  /** Whether slots are the ids themselves. */
  private boolean places;

  /** The table of ids that have been replaced, to be used again; or null. */
  private long[] unused;

  private int[] ids;
  private int size;
  private int shift;
  private boolean ascending = true;

  /** id << 32 | slot, and as much to sort them with. */
  private long[] pairs = {};

  private long[] spare = {};

  /** How many ids there were when the pairs were sorted. */
  private int sorted;

  /** Empty, with room for about {@code expected} ids. */
  public IdSlots(int expected) {
    ids = new int[Integer.highestOneBit(Math.max(8, expected)) << 1];
  }

  private IdSlots(int[] ids) {
    this.ids = ids;
    size = ids.length;
  }

  /**
   * Slots 0, 1, ... for distinct ids in ascending order.
   *
   * @param ids kept, not copied
   */
  public static IdSlots ofAscending(int[] ids) {
    return new IdSlots(ids);
  }

  /**
   * Takes the place of what there is: slots 0, 1, ... for distinct ids in ascending order.
   *
   * @param ids kept, not copied
   */
  void set(int[] ids) {
    if (table != null) {
      unused = table;
      table = null;
    }
    this.ids = ids;
    size = ids.length;
    sorted = 0;
    ascending = true;
    places = false;
  }

  /** Takes the place of what there is: ids 0 to {@code n - 1}, each its own slot, and no others. */
  void setPlaces(int n) {
    int[] all = new int[n];
    for (int i = 0; i < n; i++) {
      all[i] = i;
    }
    set(all);
    places = true;
  }

  /**
   * The slot of an id; a new id gets slot {@link #size()}.
   *
   * @throws IllegalArgumentException when the id is negative
   */
  public int slot(int id) {
    if (table == null) {
      if (places) {
        return id;
      }
      index();
    }
    long[] entries = table;
    int mask = entries.length - 1;
    int at = (id * SPREAD) >>> shift;
    while (true) {
      long entry = entries[at];
      if ((int) (entry >>> 32) == id && entry != 0) {
        return (int) entry - 1;
      }
      if (entry == 0) {
        return insert(id, at);
      }
      at = (at + 1) & mask;
    }
  }

  /**
   * The sum of what lies where the look-up of each of {@code n} ids begins, of no use but to be
   * read: look-ups wait for one another's misses, these do not.
   */
  public long touch(int[] of, int from, int n) {
    if (table == null) {
      return 0;
    }
    long[] entries = table;
    long sum = 0;
    for (int i = from; i < from + n; i++) {
      sum += entries[(of[i] * SPREAD) >>> shift];
    }
    return sum;
  }

  private int insert(int id, int at) {
    if (id < 0) {
      throw new IllegalArgumentException("an id must not be negative, got " + id);
    }
    if (size >= ids.length) {
      ids = Arrays.copyOf(ids, Math.max(8, 2 * ids.length));
    }
    if (2L * size >= table.length) {
      index();
      return slot(id);
    }
    ascending &= size == 0 || id > ids[size - 1];
    ids[size] = id;
    table[at] = ((long) id << 32) | (size + 1);
    return size++;
  }

  /** Builds the table for the ids so far, with room for as many more. */
  private void index() {
    int capacity = Integer.highestOneBit(Math.max(ids.length, 8)) << 1;
    capacity = capacity < 4L * size ? capacity << 1 : capacity;
    table = new long[capacity];
    shift = 32 - Integer.numberOfTrailingZeros(capacity);
    int mask = capacity - 1;
    for (int s = 0; s < size; s++) {
      int at = (ids[s] * SPREAD) >>> shift;
      while (table[at] != 0) {
        at = (at + 1) & mask;
      }
      table[at] = ((long) ids[s] << 32) | (s + 1);
    }
  }

  /**
   * Replaces each id by another one; slots stay.
   *
   * @param by ascending: the replacement of id i is {@code by[i]}
   */
  public void replace(int[] by) {
    if (places) {
      set(Arrays.copyOf(by, size));
      return;
    }
    long[] byId = pairsById();
    for (int i = 0; i < size; i++) {
      int slot = (int) byId[i];
      ids[slot] = by[ids[slot]];
      byId[i] = ((long) ids[slot] << 32) | slot;
    }
    unused = table;
    table = null;
  }

  /** Forgets all ids; the memory stays. */
  public void clear() {
    if (table == null) {
      table = unused;
      unused = null;
    }
    if (table != null) {
      Arrays.fill(table, 0);
    }
    size = 0;
    sorted = 0;
    ascending = true;
    places = false;
  }

  /** Number of distinct ids. */
  public int size() {
    return size;
  }

  /** The id of a slot. */
  public int id(int slot) {
    return ids[slot];
  }

  /** The ids by slot, shared; the first {@link #size()} count. */
  public int[] idsBySlot() {
    return ids;
  }

  /** The slots in ascending order of their ids. */
  public int[] slotsById() {
    int[] slots = new int[size];
    if (ascending) {
      for (int s = 0; s < size; s++) {
        slots[s] = s;
      }
      return slots;
    }
    long[] byId = pairsById();
    for (int i = 0; i < size; i++) {
      slots[i] = (int) byId[i];
    }
    return slots;
  }

  /**
   * {@code id << 32 | slot} in ascending order, shared until the next id; the first {@link #size()}
   * count. They are sorted once for the same ids.
   */
  public long[] pairsById() {
    if (sorted == size) {
      return pairs;
    }
    if (pairs.length < size) {
      pairs = new long[ids.length];
      spare = new long[ids.length];
    }
    for (int s = 0; s < size; s++) {
      pairs[s] = ((long) ids[s] << 32) | s;
    }
    if (!ascending) {
      sort();
    }
    sorted = size;
    return pairs;
  }

  /** The distinct ids, ascending. */
  public int[] ids() {
    return ascending ? Arrays.copyOf(ids, size) : ids(slotsById());
  }

  /** The ids of the given slots. */
  public int[] ids(int[] slots) {
    int[] of = new int[slots.length];
    for (int i = 0; i < of.length; i++) {
      of[i] = ids[slots[i]];
    }
    return of;
  }

  /** Sorts the pairs by the upper half, which is not negative: least significant digit first. */
  private void sort() {
    if (size < RADIX_FROM) {
      Arrays.sort(pairs, 0, size);
      return;
    }
    long all = 0;
    for (int i = 0; i < size; i++) {
      all |= pairs[i];
    }
    int bits = 64 - Long.numberOfLeadingZeros(all >>> 32);
    int mask = (1 << RADIX_BITS) - 1;
    int[] place = new int[(1 << RADIX_BITS) + 1];
    for (int done = 0; done < bits; done += RADIX_BITS) {
      int low = 32 + done;
      Arrays.fill(place, 0);
      for (int i = 0; i < size; i++) {
        place[((int) (pairs[i] >>> low) & mask) + 1]++;
      }
      for (int b = 0; b < mask; b++) {
        place[b + 1] += place[b];
      }
      for (int i = 0; i < size; i++) {
        spare[place[(int) (pairs[i] >>> low) & mask]++] = pairs[i];
      }
      long[] swap = pairs;
      pairs = spare;
      spare = swap;
    }
  }
}

package io.destine.train;

import java.util.Arrays;

/**
 * Gives each distinct id the next row 0, 1, 2, ...: an open-addressing table. Ids are numbers of
 * table rows, hence not negative. One thread.
 */
public final class IdRows {
  /** 2^32 over the golden ratio: consecutive ids land far apart. */
  private static final int SPREAD = 0x9E3779B9;

  /** By row; the first {@link #size} count. */
  private int[] ids;

  private int size;

  /** The entry of an id begins at twice its place: the id, then its row + 1, 0 where free. */
  private int[] table = {};

  /** A place is so many of the upper bits of an id's hash. */
  private int shift;

  /** Whether the table holds the ids; it is filled at the next look-up else. */
  private boolean filled;

  /** Whether each id is its own row. */
  private boolean identity;

  /** Empty, with room for about {@code expected} ids. */
  public IdRows(int expected) {
    ids = new int[Integer.highestOneBit(Math.max(8, expected)) << 1];
  }

  /** Takes the place of what there is: rows 0, 1, ... for the given distinct ids. */
  void set(int[] distinct) {
    begin(distinct.length);
    System.arraycopy(distinct, 0, ids, 0, distinct.length);
  }

  /** Takes the place of what there is: ids 0 to {@code n - 1}, each its own row, and no others. */
  void setIdentity(int n) {
    begin(n);
    for (int i = 0; i < n; i++) {
      ids[i] = i;
    }
    identity = true;
  }

  private void begin(int n) {
    clear();
    ids = n > ids.length ? new int[n] : ids;
    size = n;
    filled = false;
  }

  /**
   * Replaces each id by another one; rows stay.
   *
   * @param by the replacement of id i is {@code by[i]}
   */
  void replace(int[] by) {
    for (int row = 0; row < size; row++) {
      ids[row] = by[ids[row]];
    }
    filled = false;
    identity = false;
  }

  /** Forgets all ids; the memory stays. */
  void clear() {
    Arrays.fill(table, 0);
    size = 0;
    filled = table.length > 0;
    identity = false;
  }

  /**
   * The row of an id; a new id gets row {@link #size()}.
   *
   * @throws IllegalArgumentException when the id is negative
   */
  public int row(int id) {
    if (!filled) {
      if (identity) {
        return id;
      }
      fill();
    }
    int[] entries = table;
    int mask = entries.length - 1;
    int at = ((id * SPREAD) >>> shift) << 1;
    while (true) {
      int next = entries[at + 1];
      if (next == 0) {
        return insert(id, at);
      }
      if (entries[at] == id) {
        return next - 1;
      }
      at = (at + 2) & mask;
    }
  }

  /**
   * The sum of what lies where the look-up of each of {@code n} ids begins, of no use but to be
   * read: look-ups wait for one another's misses, these do not.
   */
  long touch(int[] of, int from, int n) {
    if (!filled) {
      return 0;
    }
    int[] entries = table;
    long sum = 0;
    for (int i = from; i < from + n; i++) {
      sum += entries[((of[i] * SPREAD) >>> shift) << 1];
    }
    return sum;
  }

  private int insert(int id, int at) {
    if (id < 0) {
      throw new IllegalArgumentException("an id must not be negative, got " + id);
    }
    if (size == ids.length) {
      ids = Arrays.copyOf(ids, Math.max(8, 2 * size));
    }
    if (4L * size >= table.length) {
      fill();
      return row(id);
    }
    ids[size] = id;
    table[at] = id;
    table[at + 1] = ++size;
    return size - 1;
  }

  /** Fills the table with the ids so far, with room for as many more. */
  private void fill() {
    int places = Integer.highestOneBit(Math.max(ids.length, 8)) << 1;
    places = places < 4L * size ? places << 1 : places;
    table = new int[2 * places];
    shift = 32 - Integer.numberOfTrailingZeros(places);
    int mask = table.length - 1;
    for (int row = 0; row < size; row++) {
      int at = ((ids[row] * SPREAD) >>> shift) << 1;
      while (table[at + 1] != 0) {
        at = (at + 2) & mask;
      }
      table[at] = ids[row];
      table[at + 1] = row + 1;
    }
    filled = true;
  }

  /** Number of distinct ids. */
  public int size() {
    return size;
  }

  /** The ids by row, shared; the first {@link #size()} count. */
  public int[] ids() {
    return ids;
  }

  /** The distinct ids, ascending. */
  public int[] ascending() {
    SortedById sorted = new SortedById();
    sorted.add(ids, size, 0);
    sorted.sort();
    int[] ascending = new int[size];
    for (int k = 0; k < size; k++) {
      ascending[k] = sorted.id(k);
    }
    return ascending;
  }
}

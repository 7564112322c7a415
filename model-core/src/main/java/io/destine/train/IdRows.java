package io.destine.train;

import java.util.Arrays;

/**
 * Assigns to each distinct id the next row 0, 1, 2, ...: an open-addressing hash table. Ids are
 * numbers of table rows, hence not negative. Not thread-safe.
 */
public final class IdRows {
  /** 2^32 divided by the golden ratio: spreads consecutive ids. */
  private static final int SPREAD = 0x9E3779B9;

  /** Ids by row; only the first {@link #size} are used. */
  private int[] ids;

  private int size;

  /** The entry of an id begins at twice its position: the id, then its row + 1, or 0 when free. */
  private int[] table = {};

  /** Shift of an id's hash that leaves the upper bits, the position in the table. */
  private int shift;

  /** Whether the table contains the ids; otherwise it is filled at the next look-up. */
  private boolean filled;

  /** Whether each id is its own row. */
  private boolean identity;

  /** An empty table, with a capacity of about {@code expected} ids. */
  public IdRows(int expected) {
    ids = new int[Integer.highestOneBit(Math.max(8, expected)) << 1];
  }

  /** Replaces the content: rows 0, 1, ... for the given distinct ids. */
  void set(int[] distinct) {
    begin(distinct.length);
    System.arraycopy(distinct, 0, ids, 0, distinct.length);
  }

  /** Replaces the content: ids 0 to {@code n - 1}, each its own row, and no others. */
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
   * Replaces each id by another one; rows stay unchanged.
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

  /** Removes all ids and keeps the memory. */
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
   * Reads the entries at which the look-up of each of {@code n} ids begins, so that cache misses
   * overlap, unlike those of look-ups. The returned sum has no meaning.
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

  /** Fills the table with the ids so far, which take at most half of its positions. */
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

  /** The ids by row, shared; only the first {@link #size()} are used. */
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

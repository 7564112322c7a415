package io.destine.param;

import io.destine.config.Precision;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A snapshot, for one reader, of a parameter table and the tables that belong to it row by row,
 * such as moments, while other threads continue to update rows. Rows are copied only when needed: a
 * thread calls {@link #save} before it updates rows, which keeps copies of those that the reader
 * has not read yet.
 *
 * <p>Rows are in blocks. A row is updated only after {@link #save} has held the lock of its block,
 * and the reader copies under the same lock. So a row that is not saved when the reader looks has
 * not been updated, and is not updated before the reader leaves the block; for a saved row the
 * reader uses the saved copy. When each row of a block has been read from each table, the block's
 * saved rows are dropped, and its rows can be updated freely.
 *
 * <p>Any number of threads may call save; the rows of one call are distinct, and concurrent calls
 * have no rows in common. Tables must not grow while the snapshot is open.
 */
public final class TableSnapshot {
  /** Numbers of a block of one table: arrays of saved rows stay small for any garbage collector. */
  private static final int BLOCK_NUMBERS = 1 << 13;

  /** Capacity of a block, in rows, when its first row is saved. */
  private static final int FIRST_ROOM = 4;

  private final ParameterTable[] tables;
  private final int rows;
  private final int bits;
  private final Runnable released;
  private final AtomicLong saved = new AtomicLong();

  /** Null when the snapshot is closed. */
  private volatile Block[] blocks;

  /**
   * A snapshot of tables of the same rows.
   *
   * @param released called, without a lock, when saved rows have been dropped
   */
  TableSnapshot(ParameterTable[] tables, Runnable released) {
    for (ParameterTable table : tables) {
      if (table.rows() != tables[0].rows()) {
        throw new IllegalArgumentException(
            "tables of a snapshot must have "
                + tables[0].rows()
                + " rows each, got "
                + table.rows());
      }
    }
    this.tables = tables;
    this.released = released;
    rows = tables[0].rows();
    bits = 31 - Integer.numberOfLeadingZeros(Math.max(1, BLOCK_NUMBERS / tables[0].width()));
    Block[] all = new Block[(int) (((long) rows + (1L << bits) - 1) >>> bits)];
    for (int b = 0; b < all.length; b++) {
      int first = b << bits;
      all[b] = new Block(first, Math.min(1 << bits, rows - first));
    }
    blocks = all;
  }

  /** Bytes of the numbers of a row in all tables. */
  long rowBytes() {
    int bytes = tables[0].precision() == Precision.FLOAT32 ? Float.BYTES : Double.BYTES;
    return Arrays.stream(tables).mapToLong(ParameterTable::width).sum() * bytes;
  }

  /** Bytes of all tables' numbers. */
  long tableBytes() {
    return rows * rowBytes();
  }

  /** Bytes of the numbers that are currently saved. */
  long savedBytes() {
    return saved.get() * rowBytes();
  }

  /**
   * Keeps the values of distinct rows, {@code rows[from]} up to {@code rows[to - 1]}, which are
   * about to be updated. Fastest when they are in ascending order.
   */
  public void save(int[] rows, int from, int to) {
    Block[] open = blocks;
    if (open == null) {
      return;
    }
    for (int k = from, end; k < to; k = end) {
      int b = rows[k] >>> bits;
      end = k + 1;
      while (end < to && rows[end] >>> bits == b) {
        end++;
      }
      if (!open[b].read) {
        open[b].save(rows, k, end);
      }
    }
  }

  /** Closes the snapshot and drops all saved rows; later reads fail. */
  void close() {
    blocks = null;
  }

  /** A table of the snapshot, each of whose rows is read once. */
  TableView view(int table) {
    return new View(table);
  }

  private final class View implements TableView {
    private final int table;

    View(int table) {
      this.table = table;
    }

    @Override
    public int rows() {
      return rows;
    }

    @Override
    public int width() {
      return tables[table].width();
    }

    @Override
    public Precision precision() {
      return tables[table].precision();
    }

    @Override
    public void copy(int first, int n, ParameterTable into, int at) {
      for (int row = first, count; row < first + n; row += count) {
        Block[] open = blocks;
        if (open == null) {
          throw new IllegalStateException("the snapshot must be open, got a closed one");
        }
        Block block = open[row >>> bits];
        count = Math.min(first + n, block.first + block.size) - row;
        if (block.copy(table, row, count, into, at + row - first)) {
          released.run();
        }
      }
    }
  }

  /** Neighbouring rows with a common lock. */
  private final class Block {
    private final int first;
    private final int size;

    /** True when the reader has finished with this block. */
    private volatile boolean read;

    // All fields below are guarded by this.

    /** Rows, of all tables together, that have not been read. */
    private int unread;

    /** A bit for each row that is saved. */
    private long[] marks;

    private int[] savedRows;
    private ParameterTable[] savedValues;
    private int count;

    Block(int first, int size) {
      this.first = first;
      this.size = size;
      unread = size * tables.length;
    }

    synchronized void save(int[] rows, int from, int to) {
      if (read) {
        return;
      }
      int before = count;
      for (int k = from; k < to; k++) {
        int r = rows[k] - first;
        if (marks == null || (marks[r >>> 6] & 1L << r) == 0) {
          makeRoom();
          marks[r >>> 6] |= 1L << r;
          savedRows[count] = rows[k];
          for (int t = 0; t < tables.length; t++) {
            tables[t].copy(rows[k], 1, savedValues[t], count);
          }
          count++;
        }
      }
      saved.addAndGet(count - before);
    }

    private void makeRoom() {
      if (marks == null) {
        marks = new long[(size + 63) >>> 6];
        savedRows = new int[0];
        savedValues = new ParameterTable[tables.length];
        for (int t = 0; t < tables.length; t++) {
          savedValues[t] = ParameterTable.zeros(tables[t].precision(), 0, tables[t].width());
        }
      }
      if (count == savedRows.length) {
        int room = Math.min(size, Math.max(FIRST_ROOM, count + count / 2));
        savedRows = Arrays.copyOf(savedRows, room);
        for (ParameterTable values : savedValues) {
          values.growTo(room);
        }
      }
    }

    /** Returns true when saved rows have been dropped. */
    synchronized boolean copy(int table, int from, int n, ParameterTable into, int at) {
      if (unread < n) {
        throw new IllegalStateException(
            "rows of a snapshot must be read once, got rows from " + from + " on again");
      }
      tables[table].copy(from, n, into, at);
      for (int k = 0; k < count; k++) {
        int place = savedRows[k] - from;
        if (place >= 0 && place < n) {
          savedValues[table].copy(k, 1, into, at + place);
        }
      }
      unread -= n;
      if (unread > 0) {
        return false;
      }
      read = true;
      boolean any = count > 0;
      saved.addAndGet(-count);
      count = 0;
      marks = null;
      savedRows = null;
      savedValues = null;
      return any;
    }
  }
}

package io.destine.train;

import io.destine.feature.CompactWriter;
import io.destine.numeric.ReadAhead;
import io.destine.param.TableGradient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The table rows of one or several {@link TableSums}, in ascending order of their ids. The rows of
 * an id are added up when they are read, by several threads and without copying the tables. The
 * rows of all sums have a common numbering, by pages.
 */
public final class TableRows {
  private final GradientFixedPoint fixed;
  private final int width;

  /** The pages of all sums, one after the other. */
  private final long[][] pages;

  /** The rows of all sums in ascending order of their ids. */
  private final SortedById order;

  /** [K] ascending */
  private final int[] ids;

  /** [K + 1] the start of each id's rows in {@link #order}. */
  private final int[] starts;

  private final ReadAhead ahead = new ReadAhead();

  /**
   * Rows of the given sums.
   *
   * @param parts at least one; sorting uses the memory of the first
   */
  TableRows(GradientFixedPoint fixed, List<TableSums> parts) {
    this.fixed = fixed;
    width = parts.get(0).width();
    order = parts.get(0).order();
    order.clear();
    List<long[]> all = new ArrayList<>();
    for (TableSums part : parts) {
      order.add(part.ids().ids(), part.ids().size(), all.size() << TableSums.PAGE_BITS);
      all.addAll(part.pages());
    }
    order.sort();
    pages = all.toArray(new long[0][]);
    int[] distinct = new int[order.size()];
    starts = new int[order.size() + 1];
    int n = 0;
    for (int i = 0; i < order.size(); i++) {
      if (n == 0 || order.id(i) != distinct[n - 1]) {
        distinct[n] = order.id(i);
        starts[n++] = i;
      }
    }
    starts[n] = order.size();
    ids = n == distinct.length ? distinct : Arrays.copyOf(distinct, n);
  }

  /** The ids, ascending; not referenced elsewhere. */
  int[] ids() {
    return ids;
  }

  /** The first d sums of each row, as numbers. */
  TableGradient first(int d) {
    return (from, n, into) -> {
      touch(from, n);
      read(from, n, 0, d, into);
    };
  }

  /** The last sum of each row, as a number. */
  TableGradient last() {
    return (from, n, into) -> read(from, n, width - 1, 1, into);
  }

  /** Copies {@code d} numbers, from the given one on, of the rows of {@code n} ids. */
  private void read(int from, int n, int number, int d, double[] into) {
    long[] added = null;
    for (int k = from; k < from + n; k++) {
      int at = (k - from) * d;
      if (starts[k + 1] - starts[k] == 1) {
        int row = order.number(starts[k]);
        fixed.toDoubles(page(row), offset(row) + number, d, into, at);
      } else {
        added = added == null ? new long[d] : added;
        add(k, number, d, added);
        fixed.toDoubles(added, 0, d, into, at);
      }
    }
  }

  /** Adds up {@code d} sums, from the given one on, of the rows of the k-th id. */
  private void add(int k, int number, int d, long[] into) {
    Arrays.fill(into, 0);
    for (int i = starts[k]; i < starts[k + 1]; i++) {
      int row = order.number(i);
      GradientFixedPoint.merge(into, 0, page(row), offset(row) + number, d);
    }
  }

  private long[] page(int row) {
    return pages[row >>> TableSums.PAGE_BITS];
  }

  private int offset(int row) {
    return TableSums.offset(row, width);
  }

  /** Reads a number of each cache line of the rows of some ids, so that misses overlap. */
  private void touch(int from, int n) {
    long sum = 0;
    for (int i = starts[from]; i < starts[from + n]; i++) {
      int row = order.number(i);
      sum += TableSums.touch(page(row), offset(row), width);
    }
    ahead.took(sum);
  }

  /**
   * All rows added up, in separate memory.
   *
   * @throws ArithmeticException when a sum overflows
   */
  TableSums added() {
    return added(ids, 0, ids.length);
  }

  /**
   * Rows {@code from} up to, not including, {@code to}, added up in separate memory.
   *
   * @param names [to - from] in place of their ids
   * @throws ArithmeticException when a sum overflows
   */
  TableSums added(int[] names, int from, int to) {
    TableSums sums = TableSums.take(width, names);
    each(from, to, (k, row, at) -> sums.set(k - from, row, at));
    return sums;
  }

  /** Receives the sums of an id: {@code width} numbers from index {@code at} on. */
  @FunctionalInterface
  private interface Receiver<E extends Exception> {
    void take(int k, long[] row, int at) throws E;
  }

  private <E extends Exception> void each(int from, int to, Receiver<E> receiver) throws E {
    long[] added = new long[width];
    for (int k = from; k < to; k += TableSums.BLOCK) {
      int end = Math.min(k + TableSums.BLOCK, to);
      touch(k, end - k);
      for (int i = k; i < end; i++) {
        if (starts[i + 1] - starts[i] == 1) {
          int row = order.number(starts[i]);
          receiver.take(i, page(row), offset(row));
        } else {
          add(i, 0, width, added);
          receiver.take(i, added, 0);
        }
      }
    }
  }

  /** Writes the ids, ascending, then their rows. */
  void write(CompactWriter writer) throws IOException {
    write(writer, ids, 0, ids.length);
  }

  /**
   * Writes rows {@code from} up to, not including, {@code to}.
   *
   * @param names ascending, written in place of their ids
   */
  void write(CompactWriter writer, int[] names, int from, int to) throws IOException {
    writer.ascending(names, names.length);
    this.<IOException>each(from, to, (k, row, at) -> writer.run(row, at, width));
  }
}

package io.destine.train;

import io.destine.numeric.ReadAhead;
import io.destine.param.TableGradient;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * The table rows of one or several {@link TableSums}, in ascending order of their ids. An id's rows
 * are added up when they are read: by several threads, and without a copy of either. Sums must be
 * of such magnitudes that none overflows, see {@link #fit}.
 */
final class SortedTableSums {
  private final GradientFixedPoint fixed;
  private final TableSums[] parts;

  /** Low bits of a place, which hold the slot; those above hold the part. */
  private final int slotBits;

  /** [K] ascending */
  private final int[] ids;

  /** [K + 1] where the places of an id begin among {@link #places}. */
  private final int[] starts;

  /** id << 32 | place, ascending */
  private final long[] places;

  private final ReadAhead ahead = new ReadAhead();

  /** Ascending places of some parts: the first {@code size} numbers and {@code part} each. */
  private record Run(long[] places, int size, int part) {}

  /** Rows of the given parts. */
  SortedTableSums(GradientFixedPoint fixed, List<TableSums> parts) {
    this.fixed = fixed;
    this.parts = parts.toArray(new TableSums[0]);
    slotBits = slotBits(parts);
    int total = 0;
    Deque<Run> runs = new ArrayDeque<>();
    for (int p = 0; p < this.parts.length; p++) {
      runs.add(new Run(this.parts[p].pairsById(), this.parts[p].size(), p << slotBits));
      total = Math.addExact(total, this.parts[p].size());
    }
    while (runs.size() > 1) {
      boolean last = runs.size() == 2;
      Run a = runs.poll();
      Run b = runs.poll();
      runs.add(merged(a, b, last ? this.parts[0].places(total) : new long[a.size() + b.size()]));
    }
    places = runs.poll().places();
    starts = new int[total + 1];
    int[] distinct = new int[total];
    int n = 0;
    for (int i = 0; i < total; i++) {
      int id = (int) (places[i] >>> 32);
      if (n == 0 || distinct[n - 1] != id) {
        distinct[n] = id;
        starts[n++] = i;
      }
    }
    starts[n] = total;
    ids = n == total ? distinct : Arrays.copyOf(distinct, n);
  }

  /** Whether the rows of two can be added up without an overflow and have places. */
  static boolean fit(List<TableSums> some, List<TableSums> more) {
    List<TableSums> parts = new ArrayList<>(some);
    parts.addAll(more);
    long largest = 0;
    for (TableSums part : parts) {
      largest += part.largest();
      if (largest < 0) {
        return false;
      }
    }
    return (long) parts.size() << slotBits(parts) <= 1L << 31;
  }

  /** Bits that hold any slot of the given parts. */
  private static int slotBits(List<TableSums> parts) {
    int most = parts.stream().mapToInt(TableSums::size).max().orElse(0);
    return Integer.SIZE - Integer.numberOfLeadingZeros(most);
  }

  private static Run merged(Run a, Run b, long[] into) {
    int i = 0;
    int j = 0;
    int size = a.size() + b.size();
    for (int k = 0; k < size; k++) {
      long left = i < a.size() ? a.places()[i] + a.part() : Long.MAX_VALUE;
      long right = j < b.size() ? b.places()[j] + b.part() : Long.MAX_VALUE;
      into[k] = Math.min(left, right);
      i += left < right ? 1 : 0;
      j += left < right ? 0 : 1;
    }
    return new Run(into, size, 0);
  }

  /** The ids, ascending; kept by no one else. */
  int[] ids() {
    return ids;
  }

  private TableSums part(int place) {
    return parts[place >>> slotBits];
  }

  private int slot(int place) {
    return place & ((1 << slotBits) - 1);
  }

  /** The numbers that the first d sums of each row stand for. */
  TableGradient first(int d) {
    return (from, n, into) -> {
      touch(from, n);
      read(from, n, 0, d, into);
    };
  }

  /** The number that the last sum of each row stands for. */
  TableGradient last() {
    return (from, n, into) -> read(from, n, parts[0].width() - 1, 1, into);
  }

  /** Copies {@code d} numbers, from the given one on, of {@code n} rows. */
  private void read(int from, int n, int number, int d, double[] into) {
    long[] sums = null;
    for (int k = from; k < from + n; k++) {
      int begin = starts[k];
      int place = (int) places[begin];
      TableSums part = part(place);
      long[] chunk = part.chunk(slot(place));
      int offset = part.offset(slot(place)) + number;
      if (starts[k + 1] > begin + 1) {
        sums = sums == null ? new long[d] : sums;
        System.arraycopy(chunk, offset, sums, 0, d);
        for (int i = begin + 1; i < starts[k + 1]; i++) {
          add((int) places[i], number, d, sums);
        }
        chunk = sums;
        offset = 0;
      }
      fixed.toDoubles(chunk, offset, d, into, (k - from) * d);
    }
  }

  private void add(int place, int number, int d, long[] sums) {
    TableSums part = part(place);
    long[] chunk = part.chunk(slot(place));
    int offset = part.offset(slot(place)) + number;
    for (int i = 0; i < d; i++) {
      sums[i] += chunk[offset + i];
    }
  }

  private void touch(int from, int n) {
    long sum = 0;
    for (int i = starts[from]; i < starts[from + n]; i++) {
      int place = (int) places[i];
      sum += part(place).touch(slot(place));
    }
    ahead.took(sum);
  }
}

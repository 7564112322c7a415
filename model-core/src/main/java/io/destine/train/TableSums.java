package io.destine.train;

import io.destine.feature.CompactReader;
import io.destine.numeric.ReadAhead;
import java.io.IOException;
import java.lang.ref.SoftReference;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * Fixed-point sums for the table rows of touched ids: for each id a row of {@code width} sums, in
 * the order in which ids were added. The rows are in pages, so that growing copies no rows and no
 * array is very large: each large array of a step may start a marking cycle of the garbage
 * collector. Not thread-safe.
 *
 * <p>Released sums are reused by the next steps, since their memory may still be in the cache. They
 * are freed when memory is short.
 */
final class TableSums {
  static final int PAGE_BITS = 10;
  private static final int PAGE_ROWS = 1 << PAGE_BITS;

  /** Rows that are prefetched together. */
  static final int BLOCK = 128;

  /** Numbers of a cache line. */
  private static final int LINE = 8;

  /** Maximum number of sums kept for reuse: a step has a few for each core. */
  private static final int MOST_FREE = 4 * Runtime.getRuntime().availableProcessors();

  private static final Deque<SoftReference<TableSums>> FREE = new ConcurrentLinkedDeque<>();

  private final int width;
  private final IdRows ids = new IdRows(PAGE_ROWS);

  /** Pages in use; the following ones have the numbers of an earlier step. */
  private int used;

  /**
   * Upper bound of the magnitude of all sums: while it is far from overflow, additions need no
   * check.
   */
  private long largest;

  private long[][] pages = new long[8][];
  private int[] block;
  private final SortedById order = new SortedById();
  private final ReadAhead ahead = new ReadAhead();

  private TableSums(int width) {
    this.width = width;
  }

  private static TableSums takeAny(int width) {
    for (var free = FREE.pollFirst(); free != null; free = FREE.pollFirst()) {
      TableSums sums = free.get();
      if (sums != null && sums.width == width) {
        sums.used = 0;
        sums.largest = 0;
        return sums;
      }
    }
    return new TableSums(width);
  }

  /** Sums without ids. */
  static TableSums take(int width) {
    TableSums sums = takeAny(width);
    sums.ids.clear();
    return sums;
  }

  /** Sums of ids 0 to {@code n - 1}, all of them zero. */
  static TableSums takeIdentity(int width, int n) {
    TableSums sums = takeAny(width);
    sums.ids.setIdentity(n);
    sums.addPages(n);
    return sums;
  }

  /** Sums of the given distinct ids, all of them zero. */
  static TableSums take(int width, int[] ids) {
    TableSums sums = takeAny(width);
    sums.ids.set(ids);
    sums.addPages(ids.length);
    return sums;
  }

  /** Releases these sums for reuse. */
  void giveBack() {
    if (FREE.size() < MOST_FREE) {
      FREE.addFirst(new SoftReference<>(this));
    }
  }

  /** The ids by row. */
  IdRows ids() {
    return ids;
  }

  /** The row of an id: it is in {@link #page} from {@link #offset} on. */
  private int row(int id) {
    int row = ids.row(id);
    if (row >>> PAGE_BITS >= used) {
      addPage(PAGE_ROWS);
    }
    return row;
  }

  private void addPages(int rows) {
    for (int row = 0; row < rows; row += PAGE_ROWS) {
      addPage(PAGE_ROWS);
    }
  }

  /** Adds a page of zeros with room for at least {@code rows} rows. */
  private void addPage(int rows) {
    if (used == pages.length) {
      pages = Arrays.copyOf(pages, 2 * pages.length);
    }
    int numbers = Math.multiplyExact(rows, width);
    if (pages[used] == null || pages[used].length < numbers) {
      pages[used] = new long[numbers];
    } else {
      Arrays.fill(pages[used], 0);
    }
    used++;
  }

  private long[] page(int row) {
    return pages[row >>> PAGE_BITS];
  }

  private int offset(int row) {
    return offset(row, width);
  }

  /** The start of a row in its page. */
  static int offset(int row, int width) {
    return (row & (PAGE_ROWS - 1)) * width;
  }

  /** Pages in use. */
  List<long[]> pages() {
    return Arrays.asList(pages).subList(0, used);
  }

  /** Memory to sort rows with, the same in every step. */
  SortedById order() {
    return order;
  }

  /** Adds d numbers to the first sums of each id's row; see {@code GradientSink.addEmbeddings}. */
  void add(
      GradientFixedPoint fixed,
      int[] of,
      int from,
      int n,
      float[] values,
      int at,
      int stride,
      int d) {
    for (int done = 0; done < n; done += BLOCK) {
      int count = Math.min(BLOCK, n - done);
      int[] rows = rows(of, from + done, count);
      for (int i = 0; i < count; i++) {
        addToRow(fixed, rows[i], values, at + (done + i) * stride, d);
      }
    }
  }

  /** Adds d numbers to the first sums of an id's row. */
  void add(GradientFixedPoint fixed, int id, float[] values, int from, int d) {
    addToRow(fixed, row(id), values, from, d);
  }

  private void addToRow(GradientFixedPoint fixed, int row, float[] values, int from, int d) {
    if (largest <= GradientFixedPoint.ROOMY) {
      grown(fixed.addToRoomy(page(row), offset(row), values, from, d));
    } else {
      fixed.add(page(row), offset(row), values, from, d);
    }
  }

  /** Adds d numbers to the first sums of an id's row. */
  void add(GradientFixedPoint fixed, int id, double[] values, int from, int d) {
    int row = row(id);
    grown(fixed.add(page(row), offset(row), values, from, d));
  }

  /** Adds to the last sum of an id's row. */
  void addToLast(int id, long sum) {
    int row = row(id);
    long[] page = page(row);
    int last = offset(row) + width - 1;
    page[last] = GradientFixedPoint.plus(page[last], sum);
    grown(Math.abs(sum));
  }

  /** Sets a row to {@code width} sums, from index {@code from} on. */
  void set(int row, long[] sums, int from) {
    System.arraycopy(sums, from, page(row), offset(row), width);
    for (int i = from; i < from + width; i++) {
      largest = Math.max(largest, Math.abs(Math.max(sums[i], -Long.MAX_VALUE)));
    }
  }

  private void grown(long by) {
    long sum = largest + by;
    largest = sum < 0 ? Long.MAX_VALUE : sum;
  }

  /** The rows of at most {@link #BLOCK} ids, which are prefetched. */
  private int[] rows(int[] of, int from, int n) {
    if (block == null) {
      block = new int[BLOCK];
    }
    ahead.took(ids.touch(of, from, n));
    long sum = 0;
    for (int i = 0; i < n; i++) {
      block[i] = row(of[from + i]);
    }
    for (int i = 0; i < n; i++) {
      sum += touch(page(block[i]), offset(block[i]), width);
    }
    ahead.took(sum);
    return block;
  }

  /** Reads a number of each cache line of a row; the returned sum has no meaning. */
  static long touch(long[] page, int offset, int width) {
    int middle = width / 2;
    long sum = page[offset] + page[offset + middle] + page[offset + width - 1];
    for (int j = LINE; j < middle; j += LINE) {
      sum += page[offset + j] + page[offset + middle + j];
    }
    return sum;
  }

  /**
   * Upper bound of the magnitude of any sum when all parts are added up, or {@link Long#MAX_VALUE}.
   */
  static long largest(List<TableSums> parts) {
    long largest = 0;
    for (TableSums part : parts) {
      largest += Math.min(part.largest, Long.MAX_VALUE - largest);
    }
    return largest;
  }

  /** Numbers per row. */
  int width() {
    return width;
  }

  /**
   * Reads the rows of {@code size} ids that {@link TableRows#write} wrote.
   *
   * @param largest upper bound of the magnitude of all sums
   */
  static TableSums read(CompactReader reader, int size, int width, long largest)
      throws IOException {
    TableSums sums = takeAny(width);
    sums.ids.set(reader.ascending(size));
    sums.largest = largest;
    for (int row = 0; row < size; row++) {
      if (row >>> PAGE_BITS >= sums.used) {
        sums.addPage(Math.min(PAGE_ROWS, size - row));
      }
      reader.run(sums.page(row), sums.offset(row), width);
    }
    return sums;
  }
}

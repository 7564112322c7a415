package io.destine.train;

import io.destine.feature.CompactReader;
import io.destine.feature.CompactWriter;
import io.destine.numeric.ReadAhead;
import java.io.IOException;
import java.lang.ref.SoftReference;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * Fixed-point sums for the table rows of touched ids: of each id a row of {@code width} sums, in
 * the order in which ids came. These rows live in chunks, so that growing copies none and no array
 * is large enough to be a burden to the collector, to which every large array of a step may mean a
 * cycle of marking. One thread.
 *
 * <p>Sums that are given back are taken again by the next steps, whose numbers then lie where the
 * cache may still hold them. They go when memory is short.
 */
final class TableSums {
  private static final int CHUNK_BITS = 10;
  private static final int CHUNK_ROWS = 1 << CHUNK_BITS;
  private static final int BLOCK = 128;

  /** Numbers of a cache line. */
  private static final int LINE = 8;

  /** Most sums that wait to be taken: a step has a few for each core. */
  private static final int MOST_FREE = 4 * Runtime.getRuntime().availableProcessors();

  private static final Deque<SoftReference<TableSums>> FREE = new ConcurrentLinkedDeque<>();

  private final int width;
  private final IdSlots ids;

  /** Chunks in use; those behind them hold the numbers of an earlier step. */
  private int used;

  /** No sum has a larger magnitude: while it is far from overflow, additions need no check. */
  private long largest;

  private long[][] chunks;
  private int[] block;
  private long[] places = {};
  private final ReadAhead ahead = new ReadAhead();

  private TableSums(int width, IdSlots ids) {
    this.width = width;
    this.ids = ids;
    chunks = new long[8][];
  }

  /** Sums of no ids. */
  static TableSums take(int width) {
    TableSums sums = takeAsLeft(width);
    sums.ids.clear();
    return sums;
  }

  /** Sums whose ids are to be set. */
  private static TableSums takeAsLeft(int width) {
    for (var free = FREE.pollFirst(); free != null; free = FREE.pollFirst()) {
      TableSums sums = free.get();
      if (sums != null && sums.width == width) {
        sums.used = 0;
        sums.largest = 0;
        return sums;
      }
    }
    return new TableSums(width, new IdSlots(CHUNK_ROWS));
  }

  /** Sums of ids 0 to {@code n - 1}, all of them zero. */
  static TableSums takePlaces(int width, int n) {
    TableSums sums = takeAsLeft(width);
    sums.ids.setPlaces(n);
    for (int k = 0; k < n; k += CHUNK_ROWS) {
      sums.addChunk(0);
    }
    return sums;
  }

  /** Ends the use of these sums. */
  void giveBack() {
    if (FREE.size() < MOST_FREE) {
      FREE.addFirst(new SoftReference<>(this));
    }
  }

  /** Number of distinct ids. */
  int size() {
    return ids.size();
  }

  /** The slot of an id: its row is in {@link #chunk} from {@link #offset} on. */
  int slot(int id) {
    int slot = ids.slot(id);
    if (slot >>> CHUNK_BITS >= used) {
      addChunk(0);
    }
    return slot;
  }

  /** Adds a chunk of zeros behind numbers that are going to be set. */
  private void addChunk(int set) {
    if (used == chunks.length) {
      chunks = Arrays.copyOf(chunks, 2 * chunks.length);
    }
    if (chunks[used] == null) {
      chunks[used] = new long[Math.multiplyExact(CHUNK_ROWS, width)];
    } else {
      Arrays.fill(chunks[used], set, chunks[used].length, 0);
    }
    used++;
  }

  long[] chunk(int slot) {
    return chunks[slot >>> CHUNK_BITS];
  }

  int offset(int slot) {
    return (slot & (CHUNK_ROWS - 1)) * width;
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
      int[] slots = slots(of, from + done, count);
      for (int i = 0; i < count; i++) {
        addToSlot(fixed, slots[i], values, at + (done + i) * stride, d);
      }
    }
  }

  /** Adds d numbers to the first sums of an id's row. */
  void add(GradientFixedPoint fixed, int id, float[] values, int from, int d) {
    addToSlot(fixed, slot(id), values, from, d);
  }

  private void addToSlot(GradientFixedPoint fixed, int slot, float[] values, int from, int d) {
    if (largest <= GradientFixedPoint.ROOMY) {
      grown(fixed.addToRoomy(chunk(slot), offset(slot), values, from, d));
    } else {
      fixed.add(chunk(slot), offset(slot), values, from, d);
    }
  }

  /** Adds d numbers to the first sums of an id's row. */
  void add(GradientFixedPoint fixed, int id, double[] values, int from, int d) {
    int slot = slot(id);
    fixed.add(chunk(slot), offset(slot), values, from, d);
    largest = Long.MAX_VALUE;
  }

  /** Adds to the last sum of an id's row. */
  void addToLast(int id, long sum) {
    int slot = slot(id);
    long[] chunk = chunk(slot);
    int last = offset(slot) + width - 1;
    chunk[last] = GradientFixedPoint.plus(chunk[last], sum);
    grown(Math.abs(sum));
  }

  private void grown(long by) {
    long sum = largest + by;
    largest = sum < 0 ? Long.MAX_VALUE : sum;
  }

  /** The slots of at most {@link #BLOCK} ids, their rows on the way to the cache. */
  private int[] slots(int[] of, int from, int n) {
    if (block == null) {
      block = new int[BLOCK];
    }
    ahead.took(ids.touch(of, from, n));
    for (int i = 0; i < n; i++) {
      block[i] = slot(of[from + i]);
    }
    touch(block, 0, n);
    return block;
  }

  /** Reads a number of each cache line of some rows, so that misses overlap. */
  private void touch(int[] slots, int from, int n) {
    long sum = 0;
    for (int i = from; i < from + n; i++) {
      sum += touch(slots[i]);
    }
    ahead.took(sum);
  }

  /** The sum of a number of each cache line of a row, of no use but to be read. */
  long touch(int slot) {
    long[] chunk = chunk(slot);
    int offset = offset(slot);
    int middle = width / 2;
    long sum = chunk[offset] + chunk[offset + middle] + chunk[offset + width - 1];
    for (int j = LINE; j < middle; j += LINE) {
      sum += chunk[offset + j] + chunk[offset + middle + j];
    }
    return sum;
  }

  /** Adds the rows of others. */
  void merge(TableSums others) {
    int size = others.ids.size();
    int[] of = others.ids.idsBySlot();
    for (int done = 0; done < size; done += BLOCK) {
      int count = Math.min(BLOCK, size - done);
      int[] slots = slots(of, done, count);
      for (int i = 0; i < count; i++) {
        int slot = slots[i];
        GradientFixedPoint.merge(
            chunk(slot), offset(slot), others.chunk(done + i), others.offset(done + i), width);
      }
    }
    grown(others.largest);
  }

  /** Replaces each id; see {@link IdSlots#replace}. */
  void replace(int[] by) {
    ids.replace(by);
  }

  /** No sum has a larger magnitude. */
  long largest() {
    return largest;
  }

  /** Numbers per row. */
  int width() {
    return width;
  }

  /** id << 32 | slot in ascending order, shared; the first {@link #size()} count. */
  long[] pairsById() {
    return ids.pairsById();
  }

  /** Memory for {@code n} numbers, the same in every step. */
  long[] places(int n) {
    if (places.length < n) {
      places = new long[n + n / 2];
    }
    return places;
  }

  /** Writes the ids, ascending, then their rows. */
  void write(CompactWriter writer) throws IOException {
    int[] order = ids.slotsById();
    writer.ascending(ids.ids(order), order.length);
    for (int k = 0; k < order.length; k += BLOCK) {
      int n = Math.min(BLOCK, order.length - k);
      touch(order, k, n);
      for (int i = k; i < k + n; i++) {
        writer.run(chunk(order[i]), offset(order[i]), width);
      }
    }
  }

  /**
   * Reads what {@link #write} wrote: the rows of {@code size} ids.
   *
   * @param largest magnitude that no sum exceeds
   */
  static TableSums read(CompactReader reader, int size, int width, long largest)
      throws IOException {
    TableSums sums = takeAsLeft(width);
    sums.ids.set(reader.ascending(size));
    sums.largest = largest;
    for (int k = 0; k < size; k++) {
      if ((k & (CHUNK_ROWS - 1)) == 0) {
        sums.addChunk(Math.min(CHUNK_ROWS, size - k) * width);
      }
      reader.run(sums.chunk(k), sums.offset(k), width);
    }
    return sums;
  }
}

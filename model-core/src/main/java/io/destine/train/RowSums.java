package io.destine.train;

import io.destine.feature.CompactReader;
import io.destine.feature.CompactWriter;
import io.destine.param.IdSlots;
import io.destine.param.RowSlices;
import java.io.IOException;
import java.util.Arrays;

/**
 * Fixed-point sums for the rows of touched ids: of each id a row of {@code width} sums, in the
 * order in which ids came. Rows live in chunks, so that growing copies none and no array is large
 * enough to be a burden to the collector. One thread.
 */
final class RowSums {
  private static final int CHUNK_BITS = 10;
  private static final int CHUNK_ROWS = 1 << CHUNK_BITS;
  private static final int BLOCK = 128;

  /** Numbers of a cache line. */
  private static final int LINE = 8;

  private final int width;
  private final IdSlots ids;

  /** No sum has a larger magnitude: while it is far from overflow, additions need no check. */
  private long largest;

  private long[][] chunks;
  private int[] block;

  /** What {@link #touch} read last, kept so that its reads are not optimised away. */
  @SuppressWarnings("UnusedVariable")
  private volatile long touched;

  RowSums(int width) {
    this(width, new IdSlots(CHUNK_ROWS), new long[8][]);
  }

  private RowSums(int width, IdSlots ids, long[][] chunks) {
    this.width = width;
    this.ids = ids;
    this.chunks = chunks;
  }

  /** Number of distinct ids. */
  int size() {
    return ids.size();
  }

  /** The slot of an id: its row is in {@link #chunk} from {@link #offset} on. */
  int slot(int id) {
    int slot = ids.slot(id);
    int chunk = slot >>> CHUNK_BITS;
    if (chunk >= chunks.length || chunks[chunk] == null) {
      addChunk(chunk);
    }
    return slot;
  }

  private void addChunk(int chunk) {
    if (chunk >= chunks.length) {
      chunks = Arrays.copyOf(chunks, 2 * chunks.length);
    }
    chunks[chunk] = new long[Math.multiplyExact(CHUNK_ROWS, width)];
  }

  long[] chunk(int slot) {
    return chunks[slot >>> CHUNK_BITS];
  }

  int offset(int slot) {
    return (slot & (CHUNK_ROWS - 1)) * width;
  }

  /** Adds d numbers to the first sums of each id's row; see {@code GradientSink.addEmbeddings}. */
  void add(FixedPoint fixed, int[] of, int from, int n, float[] values, int at, int stride, int d) {
    for (int done = 0; done < n; done += BLOCK) {
      int count = Math.min(BLOCK, n - done);
      int[] slots = slots(of, from + done, count);
      for (int i = 0; i < count; i++) {
        addToSlot(fixed, slots[i], values, at + (done + i) * stride, d);
      }
    }
  }

  /** Adds d numbers to the first sums of an id's row. */
  void add(FixedPoint fixed, int id, float[] values, int from, int d) {
    addToSlot(fixed, slot(id), values, from, d);
  }

  private void addToSlot(FixedPoint fixed, int slot, float[] values, int from, int d) {
    if (largest <= FixedPoint.ROOMY) {
      grown(fixed.addToRoomy(chunk(slot), offset(slot), values, from, d));
    } else {
      fixed.add(chunk(slot), offset(slot), values, from, d);
    }
  }

  /** Adds d numbers to the first sums of an id's row. */
  void add(FixedPoint fixed, int id, double[] values, int from, int d) {
    int slot = slot(id);
    fixed.add(chunk(slot), offset(slot), values, from, d);
    largest = Long.MAX_VALUE;
  }

  /** Adds to the last sum of an id's row. */
  void addToLast(int id, long sum) {
    int slot = slot(id);
    long[] chunk = chunk(slot);
    int last = offset(slot) + width - 1;
    chunk[last] = Math.addExact(chunk[last], sum);
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
    for (int i = 0; i < n; i++) {
      block[i] = slot(of[from + i]);
    }
    touch(block, 0, n);
    return block;
  }

  private void touch(int[] slots, int from, int n) {
    long sum = 0;
    int middle = width / 2;
    int last = width - 1;
    for (int i = from; i < from + n; i++) {
      long[] chunk = chunk(slots[i]);
      int offset = offset(slots[i]);
      sum += chunk[offset] + chunk[offset + middle] + chunk[offset + last];
      for (int j = LINE; j < middle; j += LINE) {
        sum += chunk[offset + j] + chunk[offset + middle + j];
      }
    }
    touched = sum;
  }

  /** Adds the rows of others. */
  void merge(RowSums others) {
    int size = others.ids.size();
    int[] of = others.ids.idsBySlot();
    for (int done = 0; done < size; done += BLOCK) {
      int count = Math.min(BLOCK, size - done);
      int[] slots = slots(of, done, count);
      for (int i = 0; i < count; i++) {
        int slot = slots[i];
        FixedPoint.merge(
            chunk(slot), offset(slot), others.chunk(done + i), others.offset(done + i), width);
      }
    }
    grown(others.largest);
  }

  /** The slots in ascending order of their ids. */
  int[] order() {
    return ids.slotsById();
  }

  /** The ids of the given slots. */
  int[] ids(int[] slots) {
    return ids.ids(slots);
  }

  /**
   * The numbers that the sums stand for.
   *
   * @param order of the slots
   * @param embedding [K, d] is filled with the first d of each row
   * @param wide [K] is filled with the last of each row, or null
   */
  void toDoubles(FixedPoint fixed, int[] order, double[] embedding, double[] wide, int threads) {
    RowSlices.forEach(
        order.length,
        threads,
        () ->
            (from, to) -> {
              for (int k = from; k < to; k += BLOCK) {
                int n = Math.min(BLOCK, to - k);
                touch(order, k, n);
                toDoubles(fixed, order, k, n, embedding, wide);
              }
            });
  }

  private void toDoubles(
      FixedPoint fixed, int[] order, int from, int n, double[] embedding, double[] wide) {
    int d = wide == null ? width : width - 1;
    for (int k = from; k < from + n; k++) {
      long[] chunk = chunk(order[k]);
      int offset = offset(order[k]);
      fixed.toDoubles(chunk, offset, d, embedding, k * d);
      if (wide != null) {
        wide[k] = fixed.toDouble(chunk[offset + d]);
      }
    }
  }

  /** Writes the ids, ascending, then their rows. */
  void write(CompactWriter writer) throws IOException {
    int[] order = order();
    writer.ascending(ids(order), order.length);
    for (int k = 0; k < order.length; k += BLOCK) {
      int n = Math.min(BLOCK, order.length - k);
      touch(order, k, n);
      for (int i = k; i < k + n; i++) {
        writer.run(chunk(order[i]), offset(order[i]), width);
      }
    }
  }

  /** Reads what {@link #write} wrote: the rows of {@code size} ids. */
  static RowSums read(CompactReader reader, int size, int width) throws IOException {
    int[] ids = reader.ascending(size);
    RowSums sums = new RowSums(width, IdSlots.ofAscending(ids), new long[8][]);
    sums.largest = Long.MAX_VALUE;
    for (int k = 0; k < size; k++) {
      if ((k & (CHUNK_ROWS - 1)) == 0) {
        sums.addChunk(k >>> CHUNK_BITS);
      }
      reader.run(sums.chunk(k), sums.offset(k), width);
    }
    return sums;
  }
}

package io.destine.train;

import io.destine.feature.EncodedBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The distinct ids of some rows, and the rows with each id replaced by its place among them: what a
 * process needs that computes with the rows of the parameter tables that they use, and no others.
 * Immutable.
 */
public final class DistinctIds {
  /** A word has 2 to this power bits. */
  private static final int WORD_BITS = 6;

  /** Words of bits for each id of the rows up to which clearing and counting them takes little. */
  private static final long MOST_WORDS = 4;

  private final int[] ids;
  private final List<EncodedBatch> batches;

  private DistinctIds(int[] ids, List<EncodedBatch> batches) {
    this.ids = ids;
    this.batches = batches;
  }

  /**
   * The distinct ids of the given rows.
   *
   * @throws IllegalArgumentException when an id is negative
   */
  public static DistinctIds of(List<EncodedBatch> rows) {
    long count = 0;
    int largest = 0;
    for (EncodedBatch batch : rows) {
      count += batch.ids().length + (long) batch.multiIds().length;
      largest = Math.max(largest, Math.max(largest(batch.ids()), largest(batch.multiIds())));
    }
    return largest >>> WORD_BITS <= MOST_WORDS * count ? ofBits(rows, largest) : ofSlots(rows);
  }

  private static int largest(int[] ids) {
    int largest = 0;
    int all = 0;
    for (int id : ids) {
      largest = Math.max(largest, id);
      all |= id;
    }
    if (all < 0) {
      throw new IllegalArgumentException(
          "an id must not be negative, got " + Arrays.stream(ids).min().getAsInt());
    }
    return largest;
  }

  /** By a bit for each id up to the largest one: the place of an id is the number of bits below. */
  private static DistinctIds ofBits(List<EncodedBatch> rows, int largest) {
    long[] bits = new long[(largest >>> WORD_BITS) + 1];
    for (EncodedBatch batch : rows) {
      mark(batch.ids(), bits);
      mark(batch.multiIds(), bits);
    }
    int[] below = new int[bits.length];
    int size = 0;
    for (int w = 0; w < bits.length; w++) {
      below[w] = size;
      size += Long.bitCount(bits[w]);
    }
    int[] ids = new int[size];
    int k = 0;
    for (int w = 0; w < bits.length; w++) {
      for (long rest = bits[w]; rest != 0; rest &= rest - 1) {
        ids[k++] = (w << WORD_BITS) + Long.numberOfTrailingZeros(rest);
      }
    }
    List<EncodedBatch> placed = new ArrayList<>(rows.size());
    for (EncodedBatch batch : rows) {
      placed.add(
          batch.withIds(places(batch.ids(), bits, below), places(batch.multiIds(), bits, below)));
    }
    return new DistinctIds(ids, placed);
  }

  private static void mark(int[] ids, long[] bits) {
    for (int id : ids) {
      bits[id >>> WORD_BITS] |= 1L << id;
    }
  }

  private static int[] places(int[] ids, long[] bits, int[] below) {
    int[] places = new int[ids.length];
    for (int i = 0; i < ids.length; i++) {
      int id = ids[i];
      int word = id >>> WORD_BITS;
      places[i] = below[word] + Long.bitCount(bits[word] & ((1L << id) - 1));
    }
    return places;
  }

  /** By looking each id up, for few ids of a large table. */
  private static DistinctIds ofSlots(List<EncodedBatch> rows) {
    int expected = rows.stream().mapToInt(batch -> batch.ids().length).sum();
    IdSlots slots = new IdSlots(Math.max(1, expected / 2));
    List<int[]> single = new ArrayList<>(rows.size());
    List<int[]> multi = new ArrayList<>(rows.size());
    for (EncodedBatch batch : rows) {
      single.add(slots(slots, batch.ids()));
      multi.add(slots(slots, batch.multiIds()));
    }
    int[] order = slots.slotsById();
    int[] place = new int[order.length];
    for (int k = 0; k < order.length; k++) {
      place[order[k]] = k;
    }
    List<EncodedBatch> placed = new ArrayList<>(rows.size());
    for (int i = 0; i < single.size(); i++) {
      replace(single.get(i), place);
      replace(multi.get(i), place);
      placed.add(rows.get(i).withIds(single.get(i), multi.get(i)));
    }
    return new DistinctIds(slots.ids(order), placed);
  }

  private static int[] slots(IdSlots slots, int[] ids) {
    int[] of = new int[ids.length];
    for (int i = 0; i < ids.length; i++) {
      of[i] = slots.slot(ids[i]);
    }
    return of;
  }

  private static void replace(int[] slots, int[] place) {
    for (int i = 0; i < slots.length; i++) {
      slots[i] = place[slots[i]];
    }
  }

  /** [K] the distinct ids, ascending; shared. */
  public int[] ids() {
    return ids;
  }

  /** The rows in the order in which they were given; an id in [0, K) is a place in {@link #ids}. */
  public List<EncodedBatch> batches() {
    return batches;
  }
}

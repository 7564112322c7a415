package io.destine.train;

import io.destine.feature.EncodedBatch;
import java.util.ArrayList;
import java.util.List;

/**
 * The distinct ids of some rows, and the rows with each id replaced by its place among them: what a
 * process needs that computes with the rows of the parameter tables that they use, and no others.
 * Immutable.
 */
public final class DistinctIds {
  private final int[] ids;
  private final List<EncodedBatch> batches;

  private DistinctIds(int[] ids, List<EncodedBatch> batches) {
    this.ids = ids;
    this.batches = batches;
  }

  /** The distinct ids of the given rows. */
  public static DistinctIds of(List<EncodedBatch> rows) {
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

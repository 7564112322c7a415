package io.destine.train;

import io.destine.feature.EncodedBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The distinct ids of some rows, and the rows with each id replaced by its index among them, for a
 * process that has only the table rows that these rows use. Immutable.
 */
public final class DistinctIds {
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
    SortedById uses = new SortedById();
    for (EncodedBatch batch : rows) {
      uses.add(batch.ids(), batch.ids().length, uses.size());
      uses.add(batch.multiIds(), batch.multiIds().length, uses.size());
    }
    uses.sort();
    int[] ids = new int[uses.size()];
    int[] placeOfUse = new int[uses.size()];
    int last = -1;
    for (int k = 0; k < uses.size(); k++) {
      if (last < 0 || uses.id(k) != ids[last]) {
        ids[++last] = uses.id(k);
      }
      placeOfUse[uses.number(k)] = last;
    }
    List<EncodedBatch> placed = new ArrayList<>(rows.size());
    int from = 0;
    for (EncodedBatch batch : rows) {
      int multi = from + batch.ids().length;
      int to = multi + batch.multiIds().length;
      placed.add(
          batch.withIds(
              Arrays.copyOfRange(placeOfUse, from, multi),
              Arrays.copyOfRange(placeOfUse, multi, to)));
      from = to;
    }
    return new DistinctIds(Arrays.copyOf(ids, last + 1), placed);
  }

  /** [K] the distinct ids, ascending; shared. */
  public int[] ids() {
    return ids;
  }

  /** The rows in the given order; an id in [0, K) is an index in {@link #ids}. */
  public List<EncodedBatch> batches() {
    return batches;
  }
}

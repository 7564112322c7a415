package io.destine.spark.train;

import io.destine.feature.EncodedBatch;
import java.io.Serializable;

/**
 * What a run has to know of its rows beforehand.
 *
 * @param rows their number
 * @param ids of all rows together
 * @param largestWeight of a row
 */
record RowSummary(long rows, long ids, double largestWeight) implements Serializable {
  static final RowSummary NONE = new RowSummary(0, 0, 0);

  static RowSummary of(EncodedBatch partition) {
    double largest = 0;
    for (int n = 0; n < partition.rows(); n++) {
      largest = Math.max(largest, partition.weight(n));
    }
    long ids = (long) partition.ids().length + partition.multiIds().length;
    return new RowSummary(partition.rows(), ids, largest);
  }

  RowSummary merge(RowSummary other) {
    return new RowSummary(
        rows + other.rows, ids + other.ids, Math.max(largestWeight, other.largestWeight));
  }
}

package io.destine.spark.train;

import io.destine.feature.EncodedBatch;
import io.destine.metric.WeightTotals;
import java.io.Serializable;

/**
 * The summary of its rows for a run.
 *
 * @param rows their number
 * @param ids of all rows together
 * @param weights of all rows
 */
record RowSummary(long rows, long ids, WeightTotals weights) implements Serializable {
  /** Of no rows. */
  static RowSummary none() {
    return new RowSummary(0, 0, new WeightTotals());
  }

  static RowSummary of(EncodedBatch partition) {
    WeightTotals weights = new WeightTotals();
    weights.add(partition.labels(), partition.weights());
    long ids = (long) partition.ids().length + partition.multiIds().length;
    return new RowSummary(partition.rows(), ids, weights);
  }

  RowSummary merge(RowSummary other) {
    WeightTotals all = new WeightTotals().merge(weights).merge(other.weights);
    return new RowSummary(rows + other.rows, ids + other.ids, all);
  }
}

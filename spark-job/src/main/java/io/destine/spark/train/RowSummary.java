package io.destine.spark.train;

import io.destine.feature.EncodedBatch;
import io.destine.metric.WeightTotals;
import java.io.Serializable;

/**
 * Summary of a run's rows.
 *
 * @param rows number of rows
 * @param ids total number of ids
 * @param weights total weights
 */
record RowSummary(long rows, long ids, WeightTotals weights) implements Serializable {
  /** The summary of no rows. */
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

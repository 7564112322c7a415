package io.destine.spark.train;

import io.destine.feature.EncodedBatch;
import org.apache.spark.api.java.JavaRDD;

/** The one treeAggregate of a step. */
final class GradientAggregation {
  private GradientAggregation() {}

  /**
   * The gradient sum of a step over all logical partitions. The zero is empty, and merging does not
   * depend on order, so the result has the same bits for any number of tasks, any depth and after
   * any retry.
   */
  static StepSum sum(JavaRDD<EncodedBatch> partitions, StepTask task, int depth) {
    return partitions.treeAggregate(new StepSum(), task::add, StepSum::merge, depth);
  }
}

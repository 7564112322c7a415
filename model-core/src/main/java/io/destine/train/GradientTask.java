package io.destine.train;

import io.destine.feature.EncodedBatch;
import io.destine.kernel.Dropout;
import io.destine.kernel.Kernel;
import io.destine.param.ParameterLayout;
import io.destine.param.Parameters;

/**
 * Adds one block's share of a step to a gradient sum: the same code in a cluster's task and in a
 * single thread.
 */
public final class GradientTask {
  private GradientTask() {}

  /**
   * Adds the gradient of the rows that a step takes of a block, and the ids that the next step
   * takes of it. Rows of weight 0 are left out: they touch no id and take no part in batch
   * statistics.
   *
   * @param sum to add to; an empty one is replaced
   * @param next the step whose ids are wanted, or null
   * @param order of the partition's rows in this epoch
   * @param scale of weights and of a new sum
   * @return the sum to go on with
   */
  public static GradientSum add(
      GradientSum sum,
      Kernel kernel,
      Parameters parameters,
      StepPlan plan,
      StepPlan next,
      EncodedBatch partition,
      int[] order,
      Dropout dropout,
      GradientScale scale) {
    EncodedBatch rows = BatchPlan.select(plan, partition, order);
    EncodedBatch upcoming = next == null ? null : BatchPlan.select(next, partition, order);
    if (rows == null && upcoming == null) {
      return sum;
    }
    ParameterLayout layout = parameters.layout();
    GradientSum target = sum.isEmpty() ? new GradientSum(layout, scale.bits()) : sum;
    if (upcoming != null) {
      target.addUpcoming(upcoming.ids());
      target.addUpcoming(upcoming.multiIds());
    }
    EncodedBatch weighted = rows == null ? null : rows.weighted(scale.weightExponent());
    if (weighted != null && weighted.rows() > 0) {
      try {
        kernel.gradient(parameters, weighted, dropout, target);
      } catch (ArithmeticException e) {
        target.fail(partition.partition(), String.valueOf(e.getMessage()));
      }
    }
    return target;
  }
}

package io.destine.train;

import io.destine.feature.EncodedBatch;
import io.destine.kernel.Dropout;
import io.destine.kernel.Kernel;
import io.destine.param.ParameterLayout;
import io.destine.param.Parameters;

/**
 * One block's share of a step: its rows and their gradient. The same code is used by a cluster's
 * tasks and by a single thread.
 */
public final class GradientTask {
  private GradientTask() {}

  /**
   * The rows with a positive weight that a step takes from a block, as the input of kernels. Rows
   * of weight 0 are left out: they touch no id and do not contribute to batch statistics.
   *
   * @param order of the block's rows in this epoch
   * @return null when the step takes no row from the block
   */
  public static EncodedBatch rows(
      StepPlan plan, EncodedBatch block, int[] order, GradientScale scale) {
    EncodedBatch rows = BatchPlan.select(plan, block, order);
    return rows == null ? null : rows.weighted(scale.weightExponent());
  }

  /**
   * Adds the gradient of rows of one block.
   *
   * @param sum to add to; an empty one is replaced
   * @param rows from {@link #rows}
   * @param scale of a new sum
   * @return the sum to continue with
   */
  public static GradientSum add(
      GradientSum sum,
      Kernel kernel,
      Parameters parameters,
      EncodedBatch rows,
      Dropout dropout,
      GradientScale scale) {
    GradientSum target = started(sum, parameters.layout(), scale);
    try {
      if (rows.rows() > 0) {
        kernel.gradient(parameters, rows, dropout, target);
      }
    } catch (ArithmeticException e) {
      target.fail(rows.partition(), String.valueOf(e.getMessage()));
    }
    return target;
  }

  private static GradientSum started(GradientSum sum, ParameterLayout layout, GradientScale scale) {
    return sum.isEmpty() ? new GradientSum(layout, scale.bits()) : sum;
  }
}

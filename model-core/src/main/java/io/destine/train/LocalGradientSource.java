package io.destine.train;

import io.destine.feature.EncodedBatch;
import io.destine.kernel.Dropout;
import io.destine.kernel.Kernel;
import io.destine.param.Parameters;
import java.util.List;

/**
 * Computes gradients in the calling thread, one logical partition after the other: the oracle of
 * the cluster's.
 */
public final class LocalGradientSource implements GradientSource {
  private final List<EncodedBatch> partitions;
  private final Kernel kernel;
  private final Parameters parameters;
  private final long seed;
  private final int bits;

  /**
   * A source over the given rows.
   *
   * @param partitions the non-empty logical partitions
   * @param bits fractional bits of the sums, see {@link GradientSum#bitsFor}
   */
  public LocalGradientSource(
      List<EncodedBatch> partitions, Kernel kernel, Parameters parameters, long seed, int bits) {
    this.partitions = List.copyOf(partitions);
    this.kernel = kernel;
    this.parameters = parameters;
    this.seed = seed;
    this.bits = bits;
  }

  @Override
  public GradientSum sum(StepPlan plan, StepPlan next) {
    GradientSum sum = new GradientSum();
    Dropout dropout = new Dropout(seed, plan.epoch());
    for (EncodedBatch partition : partitions) {
      int[] order = BatchPlan.order(seed, plan.epoch(), partition.partition(), partition.rows());
      sum = GradientTask.add(sum, kernel, parameters, plan, next, partition, order, dropout, bits);
    }
    return sum;
  }

  @Override
  public void stepped(int[] ids) {}

  @Override
  public void movedAll() {}
}

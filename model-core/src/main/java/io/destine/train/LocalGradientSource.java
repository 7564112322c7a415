package io.destine.train;

import io.destine.feature.EncodedBatch;
import io.destine.kernel.Dropout;
import io.destine.kernel.Kernel;
import io.destine.optim.Optimizer;
import io.destine.param.Parameters;
import java.util.ArrayList;
import java.util.List;

/**
 * Computes gradients in the calling thread, one block after the other; the cluster's gradients are
 * tested against it.
 */
public final class LocalGradientSource implements GradientSource {
  private final List<EncodedBatch> partitions;
  private final Kernel kernel;
  private final Parameters parameters;
  private final Optimizer optimizer;
  private final long seed;
  private final GradientScale scale;
  private final List<int[]> orders = new ArrayList<>();
  private int epochOfOrders = -1;

  /**
   * A source over the given rows.
   *
   * @param partitions the non-empty blocks
   * @param optimizer of the parameters
   * @param scale of weights and sums
   */
  public LocalGradientSource(
      List<EncodedBatch> partitions,
      Kernel kernel,
      Parameters parameters,
      Optimizer optimizer,
      long seed,
      GradientScale scale) {
    this.partitions = List.copyOf(partitions);
    this.kernel = kernel;
    this.parameters = parameters;
    this.optimizer = optimizer;
    this.seed = seed;
    this.scale = scale;
  }

  @Override
  public GradientSum sum(StepPlan plan, List<StepPlan> following) {
    GradientSum sum = new GradientSum();
    Dropout dropout = new Dropout(seed, plan.epoch());
    order(plan.epoch());
    for (int i = 0; i < partitions.size(); i++) {
      EncodedBatch block = partitions.get(i);
      EncodedBatch rows = GradientTask.rows(plan, block, orders.get(i), scale);
      if (rows != null) {
        optimizer.catchUp(rows.ids());
        optimizer.catchUp(rows.multiIds());
        sum = GradientTask.add(sum, kernel, parameters, rows, dropout, scale);
      }
    }
    return sum;
  }

  private void order(int epoch) {
    if (epoch != epochOfOrders) {
      orders.clear();
      for (EncodedBatch partition : partitions) {
        orders.add(BatchPlan.order(seed, epoch, partition.partition(), partition.rows()));
      }
      epochOfOrders = epoch;
    }
  }

  @Override
  public void stepped() {}
}

package io.destine.spark.train;

import io.destine.feature.EncodedBatch;
import io.destine.kernel.Dropout;
import io.destine.kernel.Kernel;
import io.destine.param.Parameters;
import io.destine.spark.replica.ReplicaHandle;
import io.destine.spark.replica.Replicas;
import io.destine.spark.replica.Worker;
import io.destine.train.GradientTask;
import io.destine.train.StepPlan;
import org.apache.spark.broadcast.Broadcast;

/**
 * One step as it travels to the tasks: which rows, which version of the parameters. No data, no
 * table; what stays the same over a run is behind a broadcast.
 *
 * @param run fetched once by each JVM
 * @param replica the parameters
 * @param plan the rows
 * @param next the step after it when its ids are wanted, or null
 * @param results where results are left in the driver's JVM, see {@link LocalStep}
 */
record StepTask(
    Broadcast<RunContext> run, ReplicaHandle replica, StepPlan plan, StepPlan next, long results)
    implements StepWork {

  /** Adds the gradient of a logical partition's rows of this step to a sum. */
  @Override
  public StepSum add(StepSum sum, EncodedBatch partition) {
    int p = partition.partition();
    if (plan.chunks(p) == 0 && (next == null || next.chunks(p) == 0)) {
      return sum;
    }
    long start = System.nanoTime();
    RunContext context = run.value();
    Worker worker = Worker.of(context.run());
    Parameters parameters = Replicas.at(replica);
    long ready = System.nanoTime();
    int[] order = worker.order(context.seed(), plan.epoch(), p, partition.rows());
    Dropout dropout = new Dropout(context.seed(), plan.epoch());
    Kernel kernel = worker.borrow(context.kernels());
    TimedKernel timed = new TimedKernel(kernel);
    try {
      sum.set(
          GradientTask.add(
              sum.sum(), timed, parameters, plan, next, partition, order, dropout, context.scale()),
          results);
    } finally {
      worker.giveBack(kernel);
    }
    long rest = System.nanoTime() - ready - timed.nanos();
    sum.time().add(ready - start, rest, timed.nanos());
    return sum;
  }
}

package io.destine.spark.train;

import io.destine.kernel.Dropout;
import io.destine.kernel.Kernel;
import io.destine.param.Parameters;
import io.destine.spark.replica.ReplicaHandle;
import io.destine.spark.replica.Replicas;
import io.destine.spark.replica.Worker;
import io.destine.train.GradientSum;
import io.destine.train.GradientTask;
import io.destine.train.StepPlan;
import java.io.Serializable;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.apache.spark.broadcast.Broadcast;

/**
 * One step as it travels to the tasks: which rows, which version of the parameters. No data, no
 * table; what stays the same over a run is behind a broadcast.
 *
 * @param run fetched once by each JVM
 * @param blocks where rows come from
 * @param slotOfColumn [C] the task that takes block b, at b mod C
 * @param turn counts the groups of blocks that steps have come to
 * @param replica the parameters
 * @param plan the rows
 * @param next the step after it when its ids are wanted, or null
 * @param results where results are left in the driver's JVM, see {@link LocalSteps}
 */
record StepTask(
    Broadcast<RunContext> run,
    BlockSource blocks,
    int[] slotOfColumn,
    int turn,
    ReplicaHandle replica,
    StepPlan plan,
    StepPlan next,
    long results)
    implements Serializable {

  /** Adds the gradient of the rows that one of the tasks takes to a sum. */
  StepSum add(StepSum sum, int slot) {
    long start = System.nanoTime();
    BlockCache cache = BlockCache.here();
    cache.ahead(blocks, own(Arrays.stream(plan.ahead()), slot), turn + 1);
    IntStream wanted = Arrays.stream(plan.blocks());
    if (next != null) {
      wanted = IntStream.concat(wanted, Arrays.stream(next.blocks())).distinct();
    }
    int[] own = own(wanted, slot);
    if (own.length == 0) {
      return sum;
    }
    RunContext context = run.value();
    Worker worker = Worker.of(context.run());
    Parameters parameters = Replicas.at(replica);
    long ready = System.nanoTime();
    Dropout dropout = new Dropout(context.seed(), plan.epoch());
    Kernel kernel = worker.borrow(context.kernels());
    TimedKernel timed = new TimedKernel(kernel);
    try {
      GradientSum total = sum.sum();
      for (int b : own) {
        BlockCache.Block block = cache.block(blocks, b, turn);
        int[] order = block.order(context.seed(), plan.epoch());
        total =
            GradientTask.add(
                total,
                timed,
                parameters,
                plan,
                next,
                block.rows(),
                order,
                dropout,
                context.scale());
      }
      sum.set(total, results);
    } finally {
      worker.giveBack(kernel);
    }
    long rest = System.nanoTime() - ready - timed.nanos();
    sum.time().add(ready - start, rest, timed.nanos());
    return sum;
  }

  private int[] own(IntStream all, int slot) {
    return all.filter(b -> slotOfColumn[b % slotOfColumn.length] == slot).toArray();
  }
}

package io.destine.spark.train;

import io.destine.feature.EncodedBatch;
import io.destine.spark.parameters.StepParameters;
import io.destine.spark.parameters.Worker;
import io.destine.train.GradientTask;
import io.destine.train.StepPlan;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.SparkEnv;
import org.apache.spark.broadcast.Broadcast;

/**
 * One step, as sent to the tasks: which rows and which version of the parameters. It contains no
 * data and no table; the parts that are constant during a run are in a broadcast.
 *
 * @param run fetched once by each JVM
 * @param blocks source of the rows
 * @param slotOfColumn [C] the task that takes block b, at b mod C
 * @param threads [T] threads of each task
 * @param turn number of groups of blocks that steps have reached
 * @param parameters of the step's version
 * @param plan selects the rows
 */
record StepTask(
    Broadcast<RunContext> run,
    BlockSource blocks,
    int[] slotOfColumn,
    int[] threads,
    int turn,
    StepParameters parameters,
    StepPlan plan)
    implements Serializable {

  /** Adds the gradient of one task's rows to a sum. */
  StepSum add(StepSum sum, int slot) {
    long start = System.nanoTime();
    RunContext context = run.value();
    Worker.of(context.run()).forgetKnownRows();
    BlockCache cache = BlockCache.here();
    cache.ahead(blocks, own(plan.ahead(), slot), turn + 1);
    List<EncodedBatch> rows = new ArrayList<>();
    for (int b : own(plan.blocks(), slot)) {
      BlockCache.Block block = cache.block(blocks, b, turn);
      EncodedBatch chosen =
          GradientTask.rows(
              plan, block.rows(), block.order(context.seed(), plan.epoch()), context.scale());
      rows.add(
          context.tables() == null || chosen == null
              ? chosen
              : context.tables().sideTables().join(dropped(context, chosen)));
    }
    long gathered = System.nanoTime();
    if (rows.isEmpty()) {
      return sum;
    }
    try (StepParameters.View view = parameters.of(rows, context.layout())) {
      if (view == null) {
        sum.miss();
        return sum;
      }
      cache.begin(blocks, turn);
      long begun = System.nanoTime();
      TaskGradient.Part part =
          new TaskGradient(context, view.parameters(), view.rows(), view.places(), plan.epoch())
              .compute(threads[slot]);
      sum.time()
          .addPace(
              new ExecutorPace.Sample(
                  SparkEnv.get().executorId(),
                  Math.min(threads[slot], rows.size()),
                  (int) part.sum().rows(),
                  part.nanos()));
      long sending = System.nanoTime();
      StepParameters.Sent sent = parameters.send(slot, part.sum(), view);
      if (sent == null) {
        sum.miss();
        return sum;
      }
      sum.time().addSerialise(System.nanoTime() - sending);
      sum.sent(sent);
      // Work of a task before its parameters were available has not delayed the step.
      long before = view.waited() ? 0 : gathered - start;
      long rest = sending - begun - part.nanos();
      sum.time().add(view.nanos(), before + rest, part.nanos(), view.bytes());
    }
    return sum;
  }

  private int[] own(int[] all, int slot) {
    return Arrays.stream(all).filter(b -> slotOfColumn[b % slotOfColumn.length] == slot).toArray();
  }

  private EncodedBatch dropped(RunContext context, EncodedBatch rows) {
    return context.dropout() == null ? rows : context.dropout().apply(rows, plan.epoch());
  }
}

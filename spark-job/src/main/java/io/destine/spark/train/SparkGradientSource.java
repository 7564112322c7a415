package io.destine.spark.train;

import io.destine.spark.replica.ReplicaPublisher;
import io.destine.train.GradientSource;
import io.destine.train.GradientSum;
import io.destine.train.StepPlan;
import java.util.function.IntUnaryOperator;
import org.apache.spark.broadcast.Broadcast;

/** Computes the gradients of steps on the cluster and publishes the parameters after each. */
final class SparkGradientSource implements GradientSource, AutoCloseable {
  private final RowBlocks rows;
  private final Broadcast<RunContext> run;
  private final ReplicaPublisher publisher;
  private final IntUnaryOperator depth;
  private final StepClock clock;
  private final LocalSteps steps;
  private TaskSlots slots;
  private GradientAggregation aggregation;
  private int epoch = -1;
  private int group;
  private int turn;

  SparkGradientSource(
      RowBlocks rows,
      Broadcast<RunContext> run,
      ReplicaPublisher publisher,
      IntUnaryOperator depth,
      StepClock clock) {
    this.rows = rows;
    this.run = run;
    this.publisher = publisher;
    this.depth = depth;
    this.clock = clock;
    steps = publisher.local() ? new LocalSteps() : null;
  }

  @Override
  public GradientSum sum(StepPlan plan, StepPlan next, boolean idsOfNext) {
    boolean first = epoch != plan.epoch();
    // A job that has been started ahead keeps its tasks; no executor comes or goes in local mode.
    if (first || steps == null) {
      follow();
    }
    if (first || group != plan.group()) {
      turn = rows.nextTurn();
    }
    epoch = plan.epoch();
    group = plan.group();
    clock.start(first);
    StepPlan wanted = idsOfNext ? next : null;
    StepSum sum =
        steps == null
            ? aggregation.sum(task(plan, wanted, LocalSteps.NONE), depth())
            : steps.sum(
                number -> task(plan, wanted, number), this::job, next == null ? null : this::job);
    clock.aggregated(sum);
    return sum.sum();
  }

  private void follow() {
    TaskSlots now = rows.follow();
    if (now != slots) {
      slots = now;
      aggregation = new GradientAggregation(slots, publisher.local());
    }
  }

  private StepTask task(StepPlan plan, StepPlan next, long results) {
    return new StepTask(
        run, rows.source(), rows.slotOfColumn(), turn, publisher.handle(), plan, next, results);
  }

  private StepSum job(long number) {
    return aggregation.sum(number, depth());
  }

  private int depth() {
    return depth.applyAsInt(rows.tasks());
  }

  @Override
  public void stepped(int[] ids) {
    clock.optimised();
    publisher.publish(ids);
    clock.published();
  }

  @Override
  public void movedAll() {
    publisher.publishAll();
  }

  @Override
  public void close() {
    if (steps != null) {
      steps.close();
    }
  }
}

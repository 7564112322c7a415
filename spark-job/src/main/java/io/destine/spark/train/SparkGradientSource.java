package io.destine.spark.train;

import io.destine.spark.replica.ReplicaPublisher;
import io.destine.train.GradientSource;
import io.destine.train.GradientSum;
import io.destine.train.StepPlan;
import java.util.function.IntUnaryOperator;
import org.apache.spark.broadcast.Broadcast;

/** Computes the gradients of steps on the cluster and publishes the parameters after each. */
final class SparkGradientSource implements GradientSource {
  private final CachedRows cached;
  private final Broadcast<RunContext> run;
  private final ReplicaPublisher publisher;
  private final IntUnaryOperator depth;
  private final StepClock clock;
  private StepRows rows;

  SparkGradientSource(
      CachedRows cached,
      Broadcast<RunContext> run,
      ReplicaPublisher publisher,
      IntUnaryOperator depth,
      StepClock clock) {
    this.cached = cached;
    this.run = run;
    this.publisher = publisher;
    this.depth = depth;
    this.clock = clock;
  }

  @Override
  public GradientSum sum(StepPlan plan, StepPlan next) {
    boolean first = rows == null || plan.step() == 0;
    if (first) {
      cached.regroup();
      rows = new StepRows(cached.rdd().rdd(), publisher.local());
    }
    clock.start(first);
    StepSum sum = publisher.local() ? sumHere(plan, next) : sum(plan, next, LocalResults.NONE);
    clock.aggregated(sum);
    return sum.sum();
  }

  private StepSum sumHere(StepPlan plan, StepPlan next) {
    try (LocalResults results = LocalResults.open()) {
      return sum(plan, next, results.number());
    }
  }

  private StepSum sum(StepPlan plan, StepPlan next, long results) {
    StepTask task = new StepTask(run, publisher.handle(), plan, next, results);
    return GradientAggregation.sum(rows, task, depth.applyAsInt(cached.tasks()));
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
}

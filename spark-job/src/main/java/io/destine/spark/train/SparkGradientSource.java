package io.destine.spark.train;

import io.destine.spark.replica.ReplicaPublisher;
import io.destine.train.GradientSource;
import io.destine.train.GradientSum;
import io.destine.train.StepPlan;
import java.util.function.IntUnaryOperator;
import org.apache.spark.broadcast.Broadcast;

/** Computes the gradients of steps on the cluster and publishes the parameters after each. */
final class SparkGradientSource implements GradientSource, AutoCloseable {
  private final CachedRows cached;
  private final Broadcast<RunContext> run;
  private final ReplicaPublisher publisher;
  private final IntUnaryOperator depth;
  private final StepClock clock;
  private final LocalJobs jobs;
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
    jobs = publisher.local() ? new LocalJobs() : null;
  }

  @Override
  public GradientSum sum(StepPlan plan, StepPlan next, boolean idsOfNext) {
    boolean first = rows == null || plan.step() == 0;
    if (first) {
      cached.regroup();
      rows = new StepRows(cached.rdd().rdd(), publisher.local());
    }
    clock.start(first);
    StepPlan wanted = idsOfNext ? next : null;
    StepSum sum =
        publisher.local()
            ? jobs.sum(
                number -> task(plan, wanted, number), this::job, next == null ? null : this::job)
            : job(task(plan, wanted, LocalStep.NONE));
    clock.aggregated(sum);
    return sum.sum();
  }

  private StepTask task(StepPlan plan, StepPlan next, long results) {
    return new StepTask(run, publisher.handle(), plan, next, results);
  }

  private StepSum job(StepWork work) {
    return GradientAggregation.sum(rows, work, depth.applyAsInt(cached.tasks()));
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
    if (jobs != null) {
      jobs.close();
    }
  }
}

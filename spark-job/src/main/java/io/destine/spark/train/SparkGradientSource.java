package io.destine.spark.train;

import io.destine.feature.EncodedBatch;
import io.destine.spark.replica.ReplicaPublisher;
import io.destine.train.GradientSource;
import io.destine.train.GradientSum;
import io.destine.train.StepPlan;
import org.apache.spark.api.java.JavaRDD;

/** Computes the gradients of steps on the cluster and publishes the parameters after each. */
final class SparkGradientSource implements GradientSource {
  private final JavaRDD<EncodedBatch> partitions;
  private final RunContext context;
  private final ReplicaPublisher publisher;
  private final int depth;
  private final StepClock clock;

  SparkGradientSource(
      JavaRDD<EncodedBatch> partitions,
      RunContext context,
      ReplicaPublisher publisher,
      int depth,
      StepClock clock) {
    this.partitions = partitions;
    this.context = context;
    this.publisher = publisher;
    this.depth = depth;
    this.clock = clock;
  }

  @Override
  public GradientSum sum(StepPlan plan, StepPlan next) {
    clock.start(plan.epoch(), plan.step());
    StepSum sum =
        GradientAggregation.sum(
            partitions, new StepTask(context, publisher.handle(), plan, next), depth);
    clock.aggregated(sum);
    return sum.sum();
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

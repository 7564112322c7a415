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

  SparkGradientSource(
      JavaRDD<EncodedBatch> partitions, RunContext context, ReplicaPublisher publisher, int depth) {
    this.partitions = partitions;
    this.context = context;
    this.publisher = publisher;
    this.depth = depth;
  }

  @Override
  public GradientSum sum(StepPlan plan, StepPlan next) {
    return GradientAggregation.sum(
        partitions, new StepTask(context, publisher.handle(), plan, next), depth);
  }

  @Override
  public void stepped(int[] ids) {
    publisher.publish(ids);
  }

  @Override
  public void movedAll() {
    publisher.publishAll();
  }
}

package io.destine.spark.train;

import io.destine.feature.EncodedBatch;

/**
 * A step in the driver's JVM, whose tasks may start before it is known what they are to do and wait
 * for it: see {@link LocalStep}.
 *
 * @param number of the step
 */
record AwaitedStep(long number) implements StepWork {

  @Override
  public StepSum add(StepSum sum, EncodedBatch partition) {
    StepTask task = LocalStep.await(number);
    return task == null ? sum : task.add(sum, partition);
  }
}

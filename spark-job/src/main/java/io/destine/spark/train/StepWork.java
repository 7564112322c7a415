package io.destine.spark.train;

import io.destine.feature.EncodedBatch;
import java.io.Serializable;

/** What the tasks of a step do for each logical partition. */
@FunctionalInterface
interface StepWork extends Serializable {

  /** Adds the gradient of a logical partition's rows to a sum. */
  StepSum add(StepSum sum, EncodedBatch partition);
}

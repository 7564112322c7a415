package io.destine.spark.parameters;

import io.destine.feature.EncodedBatch;
import io.destine.param.ParameterLayout;
import io.destine.param.Parameters;
import io.destine.train.GradientSum;
import java.io.Serializable;
import java.util.List;

/** Provides parameters to the tasks of a training step and takes their gradients. Any thread. */
public interface StepParameters extends Serializable {
  /** Number of the step for the owners of the parameters. */
  long step();

  /** Version of the parameters. */
  long version();

  /**
   * The parameters for kernels and the given rows; waits until the parameters have the step's
   * version.
   *
   * @param layout of the parameters
   * @return null if the step is over or will not take place
   */
  View of(List<EncodedBatch> rows, ParameterLayout layout);

  /**
   * Sends the owners' part of a gradient: table rows or, in the driver's JVM, all of it.
   *
   * @param slot of the task
   * @param sum with the ids of the view's rows
   * @return null if the step is over
   */
  Sent send(int slot, GradientSum sum, View view);

  /**
   * The result of sending a gradient.
   *
   * @param rest the part that owners do not take
   * @param bytes sent
   */
  record Sent(GradientSum rest, long bytes) {}

  /**
   * Parameters, and rows whose ids refer to rows of their tables.
   *
   * @param parameters to read
   * @param rows the given rows, with those ids
   * @param ids [K] the place ({@link OwnerMap}) of each row of the tables, ascending; null if the
   *     tables have all rows
   * @param nanos since the parameters were available, or since the request if that was later, until
   *     they were received
   * @param waited true if they were requested before they were available
   * @param bytes sent for them in both directions
   * @param closing releases them
   */
  record View(
      Parameters parameters,
      List<EncodedBatch> rows,
      int[] ids,
      long nanos,
      boolean waited,
      long bytes,
      Runnable closing)
      implements AutoCloseable {

    /** The number of distinct ids if ids are indices into them; otherwise -1. */
    public int places() {
      return ids == null ? -1 : ids.length;
    }

    @Override
    public void close() {
      closing.run();
    }
  }
}

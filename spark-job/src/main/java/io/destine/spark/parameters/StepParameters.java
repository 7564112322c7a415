package io.destine.spark.parameters;

import io.destine.feature.EncodedBatch;
import io.destine.param.ParameterLayout;
import io.destine.param.Parameters;
import io.destine.train.GradientSum;
import java.io.Serializable;
import java.util.List;

/**
 * Where the tasks of a training step get the parameters from, and send gradients to. Any thread.
 */
public interface StepParameters extends Serializable {
  /** Names the step to those who have parameters. */
  long step();

  /** Of the parameters. */
  long version();

  /**
   * The parameters for kernels and the given rows; waits until the parameters have the step's
   * version.
   *
   * @param layout of the parameters
   * @return null when the step is over or will not take place
   */
  View of(List<EncodedBatch> rows, ParameterLayout layout);

  /**
   * Sends what owners take of a gradient: table rows or, in the driver's JVM, all of it.
   *
   * @param slot of the task
   * @param sum whose ids are those of the view's rows
   * @return null when the step is over
   */
  Sent send(int slot, GradientSum sum, View view);

  /**
   * The result of a gradient.
   *
   * @param rest what owners do not take
   * @param bytes that were sent
   */
  record Sent(GradientSum rest, long bytes) {}

  /**
   * Parameters, and rows whose ids name rows of their tables.
   *
   * @param parameters to read
   * @param rows as they were given, with those ids
   * @param ids [K] the vocabulary's id of each row of the tables, ascending; null when they are the
   *     same
   * @param nanos from when the parameters were there, or asked for if that was later, until they
   *     had come
   * @param waited true when they were asked for before they were there
   * @param bytes that were sent for them, both ways
   * @param closing what ends their use
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

    /** How many distinct ids there are, when ids are places among them; else -1. */
    public int places() {
      return ids == null ? -1 : ids.length;
    }

    @Override
    public void close() {
      closing.run();
    }
  }
}

package io.destine.spark.parameters;

import io.destine.feature.EncodedBatch;
import io.destine.param.ParameterLayout;
import io.destine.param.Parameters;
import java.io.Serializable;
import java.util.List;

/** Where the tasks of a training step get the parameters from. Any thread. */
public interface StepParameters extends Serializable {

  /**
   * What kernels need to compute with the given rows; waits until the parameters have the step's
   * version.
   *
   * @param layout of the parameters
   * @return null when the step is over or will not take place
   */
  View of(List<EncodedBatch> rows, ParameterLayout layout);

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

    static View whole(Parameters parameters, List<EncodedBatch> rows, long nanos) {
      return new View(parameters, rows, null, nanos, false, 0, () -> {});
    }

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

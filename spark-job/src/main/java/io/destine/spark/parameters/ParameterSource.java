package io.destine.spark.parameters;

import io.destine.feature.EncodedBatch;
import io.destine.param.Parameters;
import java.io.Serializable;

/** Provides one version of the parameters to tasks that score rows. Any thread. */
public interface ParameterSource extends Serializable {

  /** Identity of the objects that a JVM keeps for these parameters, see {@link Worker}. */
  String run();

  /** The parameters for a kernel and the given rows. */
  View of(EncodedBatch rows);

  /**
   * Parameters, and rows whose ids refer to rows of their tables.
   *
   * @param parameters to read
   * @param rows the given rows, with those ids
   * @param closing releases them
   */
  record View(Parameters parameters, EncodedBatch rows, Runnable closing) implements AutoCloseable {

    /** A view of rows with the parameters of all ids. */
    static View whole(Parameters parameters, EncodedBatch rows) {
      return new View(parameters, rows, () -> {});
    }

    @Override
    public void close() {
      closing.run();
    }
  }
}

package io.destine.spark.parameters;

import io.destine.feature.EncodedBatch;
import io.destine.param.Parameters;
import java.io.Serializable;

/** Where tasks get one version of the parameters from, to score rows. Any thread. */
public interface ParameterSource extends Serializable {

  /** Names what a JVM keeps for these parameters, see {@link Worker}. */
  String run();

  /** The parameters for a kernel and the given rows. */
  View of(EncodedBatch rows);

  /**
   * Parameters, and rows whose ids name rows of their tables.
   *
   * @param parameters to read
   * @param rows as they were given, with those ids
   * @param closing what ends their use
   */
  record View(Parameters parameters, EncodedBatch rows, Runnable closing) implements AutoCloseable {

    /** Rows beside parameters of all ids. */
    static View whole(Parameters parameters, EncodedBatch rows) {
      return new View(parameters, rows, () -> {});
    }

    @Override
    public void close() {
      closing.run();
    }
  }
}

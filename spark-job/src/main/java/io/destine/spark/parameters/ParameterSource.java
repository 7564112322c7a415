package io.destine.spark.parameters;

import io.destine.feature.EncodedBatch;
import io.destine.param.Parameters;
import java.io.Serializable;

/** Where tasks get one version of the parameters from, to score rows. Any thread. */
public interface ParameterSource extends Serializable {

  /** Names what a JVM keeps for these parameters, see {@link Worker}. */
  String run();

  /** What a kernel needs to compute with the given rows. */
  View of(EncodedBatch rows);

  /**
   * Parameters, and rows whose ids name rows of their tables. Closed when they are no longer used.
   */
  interface View extends AutoCloseable {
    Parameters parameters();

    EncodedBatch rows();

    @Override
    void close();
  }
}

package io.destine.spark.train;

import io.destine.artifact.Manifest;
import io.destine.artifact.ModelReader;
import io.destine.optim.Optimizer;
import io.destine.param.Parameters;
import io.destine.spark.store.HadoopModelDirectory;

/**
 * The mutable state of a training: parameters and the optimiser's state for them, whose tables are
 * in the driver or with executors. It is kept in model directories and put back from there. One
 * thread.
 */
interface TrainedModel {

  /** All that is in the driver, float32. */
  Parameters parameters();

  /** The optimiser of the parameters; another one after {@link #begin}. */
  Optimizer optimizer();

  /** Makes all as it is before the first step, also when owners of tables have been lost. */
  void begin();

  /** The source of a checkpoint: the state at the time of the call. */
  interface Kept extends AutoCloseable {
    /** Writes the model, once, perhaps in another thread. */
    void write(HadoopModelDirectory directory, Manifest.Builder description);

    /** True when steps may be taken while it is written. */
    boolean isCopy();

    /** Steps that have waited go on; what has not been written is not. */
    @Override
    void close();
  }

  /** Keeps parameters and state. */
  Kept keep();

  /**
   * Sets parameters and state to those of a checkpoint.
   *
   * @throws io.destine.artifact.ModelFormatException when it is damaged or incomplete
   */
  void restore(ModelReader checkpoint);

  /** Replaces the parameters by their average. */
  void useAverage();

  /** Writes the model to publish, whose state has the days of {@link LastSeen} and no average. */
  void write(HadoopModelDirectory directory, Manifest.Builder description);
}

package io.destine.spark.train;

import io.destine.artifact.Manifest;
import io.destine.artifact.ModelReader;
import io.destine.optim.Optimizer;
import io.destine.param.Parameters;
import io.destine.spark.store.HadoopModelDirectory;

/**
 * The mutable state of a training run: parameters and their optimiser state, with tables in the
 * driver or in executors. It is saved to model directories and restored from them. One thread.
 */
interface TrainedModel {

  /** The parameters in the driver, float32. */
  Parameters parameters();

  /** The optimiser of the parameters; {@link #begin} replaces it. */
  Optimizer optimizer();

  /**
   * Resets everything to the state before the first step, even if owners of tables have been lost.
   */
  void begin();

  /**
   * Like {@link #begin}, before a call of {@link #restore}: does not read the model from which the
   * training starts.
   */
  void beginToRestore();

  /** The source of a checkpoint: the state at the time of the call. */
  interface Kept extends AutoCloseable {
    /** Writes the model; called once, possibly in another thread. */
    void write(HadoopModelDirectory directory, Manifest.Builder description);

    /** True if steps may be taken while it is being written. */
    boolean isCopy();

    /** Ends the saving: waiting steps continue, and unwritten parts are abandoned. */
    @Override
    void close();
  }

  /** Takes the current parameters and state. */
  Kept keep();

  /**
   * Sets parameters and state to those of a checkpoint.
   *
   * @throws io.destine.artifact.ModelFormatException when it is damaged or incomplete
   */
  void restore(ModelReader checkpoint);

  /** Replaces the parameters by their average. */
  void useAverage();

  /**
   * Writes the model to publish, with the days of {@link LastSeen} and without an average in its
   * state.
   */
  void write(HadoopModelDirectory directory, Manifest.Builder description);
}

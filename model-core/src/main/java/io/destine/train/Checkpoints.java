package io.destine.train;

/**
 * Stores checkpoints from which training can resume: {@link TrainingState}, and the parameters and
 * the optimiser's state at the time of the call. Called on the training thread, between steps.
 */
public interface Checkpoints {

  /** Stores nothing. */
  Checkpoints NONE =
      new Checkpoints() {
        @Override
        public boolean due(long steps) {
          return false;
        }

        @Override
        public void keep(TrainingState state, long steps, boolean best) {}
      };

  /**
   * True when a checkpoint is due. Checkpoints do not change the result of training. Called after
   * each step; rethrows an exception from writing the last checkpoint in the background.
   *
   * @param steps of all epochs so far
   */
  boolean due(long steps);

  /**
   * Stores a checkpoint; all rows of the tables are up to date. It may be written during the
   * following steps, but contains the state at the time of the call.
   *
   * @param steps of all epochs so far
   * @param best true when the parameters, or their average if {@link TrainingState#averaged}, are
   *     the best so far
   */
  void keep(TrainingState state, long steps, boolean best);
}

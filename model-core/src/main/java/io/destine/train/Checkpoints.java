package io.destine.train;

/**
 * Keeps what training can go on from: {@link TrainingState}, and with it the parameters and the
 * optimiser's state as they are at the time of the call. Called on the training thread, between
 * steps.
 */
public interface Checkpoints {

  /** Keeps nothing. */
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
   * True when it is time for one. Whether and when there is one does not change what training does.
   * Called after each step; throws what the writing of the last one has thrown meanwhile.
   *
   * @param steps of all epochs so far
   */
  boolean due(long steps);

  /**
   * Keeps a checkpoint; all rows of the tables are up to date. It may be written while the
   * following steps are taken, of the state at the time of the call.
   *
   * @param steps of all epochs so far
   * @param best true when the parameters are the best so far
   */
  void keep(TrainingState state, long steps, boolean best);
}

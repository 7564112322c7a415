package io.destine.optim;

import io.destine.param.NamedState;
import io.destine.param.Snapshot;

/** An optimiser that owns the state for all parameters that it moves. One thread. */
public interface StatefulOptimizer extends Optimizer {

  /**
   * The state to save: tables embedding.S and wide.S and arrays dense.S for each state S of the
   * update rule, the counter steps, and the average, see {@link ParameterAverage}. Catches up
   * first. Shared, not copied.
   */
  NamedState state();

  /**
   * Parameters and state as they are now, to be read in another thread while steps are taken: they
   * save the rows that they are about to move, and wait when that would take too much memory.
   * Catches up first. The caller closes the snapshot.
   *
   * @throws IllegalStateException when another one is open
   */
  Snapshot snapshot();

  /**
   * Goes on from saved state. Rows beyond the saved tables keep fresh state.
   *
   * @throws IllegalArgumentException when the state is another optimiser's or another model's
   * @throws IllegalStateException when a snapshot is open
   */
  void restore(NamedState state);
}

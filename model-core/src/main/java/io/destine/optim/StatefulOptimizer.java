package io.destine.optim;

import io.destine.param.NamedState;
import io.destine.param.Snapshot;

/** An optimiser that owns the state of all parameters that it updates. Not thread-safe. */
public interface StatefulOptimizer extends Optimizer {

  /**
   * The state to save: tables embedding.S and wide.S and arrays dense.S for each state S of the
   * update rule, the counter steps, and the average, see {@link ParameterAverage}. Calls {@link
   * #catchUp()} first. Shared, not copied.
   */
  NamedState state();

  /**
   * The current parameters and state, to be read in another thread during further steps: these save
   * rows before updating them, and wait if the saved rows would take too much memory. Calls {@link
   * #catchUp()} first. The caller closes the snapshot.
   *
   * @throws IllegalStateException when another snapshot is open
   */
  Snapshot snapshot();

  /**
   * Continues from saved state. Rows beyond the saved tables keep their initial state.
   *
   * @throws IllegalArgumentException when the state belongs to another optimiser or another model
   * @throws IllegalStateException when a snapshot is open
   */
  void restore(NamedState state);
}

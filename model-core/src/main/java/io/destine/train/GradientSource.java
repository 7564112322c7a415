package io.destine.train;

import java.util.List;

/** Computes the gradient of a step, in this thread or on a cluster. */
public interface GradientSource {

  /**
   * The gradient sum over the rows of a step, at the current parameters. Before a table row is
   * read, {@link io.destine.optim.Optimizer#catchUp(int[])} brings it up to date.
   *
   * @param following the next steps, at most two
   */
  GradientSum sum(StepPlan plan, List<StepPlan> following);

  /**
   * Called after each step, when the parameters have been updated. After a step within an epoch, a
   * checkpoint that is due has been started; after an epoch's last step, the evaluation and the
   * checkpoint follow this call.
   */
  void stepped();

  /** Called between steps, when all parameters have been replaced. */
  default void replaced() {}
}

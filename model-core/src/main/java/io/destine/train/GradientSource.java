package io.destine.train;

/** Computes the gradient of a step, in this thread or on a cluster. */
public interface GradientSource {

  /**
   * The gradient sum over the rows of a step, at the current parameters.
   *
   * @param next the step that follows directly, or null
   * @param idsOfNext true when the ids that the next step takes are wanted with the sum
   */
  GradientSum sum(StepPlan plan, StepPlan next, boolean idsOfNext);

  /**
   * Called after each step, when the dense tensors and some rows have moved.
   *
   * @param ids the rows that may have moved, ascending
   */
  void stepped(int[] ids);

  /** Called when any row may have moved. */
  void movedAll();
}

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
   * Called after each step, when the dense tensors and some table rows have moved.
   *
   * @param ids of the table rows that may have moved, ascending
   */
  void stepped(int[] ids);

  /** Called when any table row may have moved. */
  void movedAll();
}

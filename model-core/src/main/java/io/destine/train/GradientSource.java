package io.destine.train;

import io.destine.param.Gradient;

/** Computes the gradient of a step, in this thread or on a cluster. */
public interface GradientSource {

  /** The gradient sum over the rows of a step, at the current parameters. */
  GradientSum sum(StepPlan plan);

  /**
   * Called after each step, when the dense tensors and the rows of the gradient's ids have moved.
   */
  void stepped(Gradient gradient);

  /** Called when any row may have moved. */
  void movedAll();
}

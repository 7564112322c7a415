package io.destine.train;

import io.destine.optim.RateSchedule;

/**
 * Receives the events of a training run, for progress lines and records of the epochs. Called on
 * the training thread.
 */
public interface TrainingListener {
  /** Ignores all events. */
  TrainingListener NONE = new TrainingListener() {};

  /**
   * Called after a step.
   *
   * @param epoch counted from 0
   * @param step of the epoch, counted from 0
   * @param stepsPerEpoch steps of an epoch
   * @param rows of the step
   * @param loss weighted mean of the step
   */
  default void stepped(int epoch, int step, int stepsPerEpoch, long rows, double loss) {}

  /**
   * Called after an epoch's evaluation and before its checkpoint. On {@link
   * RateSchedule.Verdict#IMPROVED} the current parameters, or their average if {@link
   * Validation#averaged}, are the best so far.
   *
   * @param trainLoss weighted mean loss over the epoch's steps
   * @param learningRate of the epoch's last step
   */
  default void evaluated(
      int epoch,
      double trainLoss,
      Validation validation,
      double learningRate,
      RateSchedule.Verdict verdict) {}
}

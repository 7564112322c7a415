package io.destine.train;

import io.destine.optim.RateSchedule;

/**
 * Is told how training goes: progress lines, the best model, checkpoints. Called on the training
 * thread.
 */
public interface TrainingListener {
  /** Takes no notice. */
  TrainingListener NONE = new TrainingListener() {};

  /**
   * After a step.
   *
   * @param epoch counted from 0
   * @param step of the epoch, counted from 0
   * @param stepsPerEpoch steps of an epoch
   * @param rows of the step
   * @param loss weighted mean of the step
   */
  default void stepped(int epoch, int step, int stepsPerEpoch, long rows, double loss) {}

  /**
   * After an epoch's evaluation and before the checkpoint of the epoch. On {@link
   * RateSchedule.Verdict#IMPROVED} the current parameters are the best so far.
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

package io.destine.train;

import io.destine.config.TrainConfig;
import io.destine.optim.RateSchedule;

/**
 * The state between two steps that training needs, in addition to parameters and optimiser state,
 * to resume with identical results.
 *
 * @param epoch of the next step, counted from 0
 * @param step the next step of the epoch, counted from 0
 * @param loss weighted sum of losses over the epoch's steps so far
 * @param weight sum of weights over the epoch's steps so far
 * @param best value of the validation metric; infinite before the end of the first epoch
 * @param cuts of the learning rate so far
 * @param cutsInARow cuts since the last new best
 * @param averaged true when the best value is that of the parameters' average
 * @param stopped true when the schedule has ended the training
 */
public record TrainingState(
    int epoch,
    int step,
    double loss,
    double weight,
    double best,
    int cuts,
    int cutsInARow,
    boolean averaged,
    boolean stopped) {

  public TrainingState {
    if (epoch < 0 || step < 0 || cuts < 0 || cutsInARow < 0) {
      throw new IllegalArgumentException(
          "training state: epoch, step and cuts must not be negative, got "
              + epoch
              + ", "
              + step
              + ", "
              + cuts
              + ", "
              + cutsInARow);
    }
  }

  /** The state before the first step. */
  public static TrainingState start(TrainConfig config) {
    return new TrainingState(0, 0, 0, 0, config.metric().worst(), 0, 0, false, false);
  }

  /** The state between two steps of this state's epoch. */
  TrainingState within(int nextStep, double lossSoFar, double weightSoFar) {
    return new TrainingState(
        epoch, nextStep, lossSoFar, weightSoFar, best, cuts, cutsInARow, averaged, false);
  }

  /**
   * The state after the evaluation of this state's epoch.
   *
   * @param result the results of the evaluation
   */
  TrainingState after(Validation result, RateSchedule schedule, RateSchedule.Verdict verdict) {
    boolean best = verdict == RateSchedule.Verdict.IMPROVED;
    return new TrainingState(
        epoch + 1,
        0,
        0,
        0,
        schedule.best(),
        schedule.cuts(),
        schedule.cutsInARow(),
        best ? result.averaged() : averaged,
        verdict == RateSchedule.Verdict.STOP);
  }
}

package io.destine.train;

import io.destine.config.TrainConfig;
import io.destine.optim.PlateauSchedule;

/**
 * Where training stands between two steps: what, beside parameters and optimiser state, it needs to
 * go on to the same bits.
 *
 * @param epoch of the next step, counted from 0
 * @param step the next step of the epoch, counted from 0
 * @param loss weighted sum of losses over the epoch's steps so far
 * @param weight sum of weights over the epoch's steps so far
 * @param best value of the validation metric; infinite before the first epoch is over
 * @param cuts of the learning rate so far
 * @param cutsInARow cuts since the last new best
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

  /** Before the first step. */
  public static TrainingState start(TrainConfig config) {
    return new TrainingState(0, 0, 0, 0, config.metric().worst(), 0, 0, false);
  }

  /** Between two steps of an epoch. */
  static TrainingState within(
      int epoch, int step, double loss, double weight, PlateauSchedule schedule) {
    return new TrainingState(
        epoch, step, loss, weight, schedule.best(), schedule.cuts(), schedule.cutsInARow(), false);
  }

  /** After the evaluation of an epoch. */
  static TrainingState after(int epoch, PlateauSchedule schedule, boolean stopped) {
    return new TrainingState(
        epoch + 1, 0, 0, 0, schedule.best(), schedule.cuts(), schedule.cutsInARow(), stopped);
  }
}

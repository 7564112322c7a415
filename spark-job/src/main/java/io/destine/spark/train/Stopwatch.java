package io.destine.spark.train;

import io.destine.optim.PlateauSchedule;
import io.destine.train.TrainingListener;
import io.destine.train.Validation;

/**
 * Measures the rate of training steps. Evaluation and saving in between are left out, and so is the
 * first step of each epoch, which waits for data and compilation. One thread.
 */
final class Stopwatch implements TrainingListener {
  private long epochStart = System.nanoTime();
  private long lastStep = epochStart;
  private long nanos;
  private long rows;
  private int epochs;

  @Override
  public void stepped(
      int epoch, int step, int stepsPerEpoch, long stepRows, double loss, double gradientNorm) {
    lastStep = System.nanoTime();
    if (step == 0) {
      epochStart = lastStep;
    } else {
      rows += stepRows;
    }
  }

  @Override
  public void evaluated(
      int epoch,
      double trainLoss,
      Validation validation,
      double learningRate,
      PlateauSchedule.Verdict verdict) {
    nanos += lastStep - epochStart;
    epochs++;
    epochStart = System.nanoTime();
    lastStep = epochStart;
  }

  int epochs() {
    return epochs;
  }

  double rowsPerSecond() {
    return nanos == 0 ? 0 : rows / (nanos * 1e-9);
  }
}

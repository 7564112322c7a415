package io.destine.spark.train;

import io.destine.optim.RateSchedule;
import io.destine.train.Validation;
import java.util.Locale;

/** Formats the progress line of an epoch. */
public final class EpochLine {
  private EpochLine() {}

  /**
   * The line.
   *
   * @param epoch counted from 0
   * @param epochs maximum number of epochs of the training
   * @param seconds that the epoch took
   */
  public static String of(
      int epoch,
      int epochs,
      double trainLoss,
      Validation validation,
      double learningRate,
      double seconds,
      RateSchedule.Verdict verdict) {
    return String.format(
        Locale.ROOT,
        "epoch %d/%d  train loss %.4f  validation AUC %.4f  log loss %.4f%s  lr %.3g  %.1f s%s",
        epoch + 1,
        epochs,
        trainLoss,
        validation.auc(),
        validation.logLoss(),
        validation.averaged() ? " (averaged parameters)" : "",
        learningRate,
        seconds,
        switch (verdict) {
          case IMPROVED -> "  best so far";
          case CUT -> "  no improvement: learning rate cut";
          case STOP -> "  no improvement: stopping early";
          case UNCHANGED -> "";
        });
  }

  /** Minutes and seconds, or hours, minutes and seconds. */
  public static String duration(double seconds) {
    long s = Math.round(seconds);
    return s < 3600
        ? String.format(Locale.ROOT, "%d:%02d", s / 60, s % 60)
        : String.format(Locale.ROOT, "%d:%02d:%02d", s / 3600, s / 60 % 60, s % 60);
  }
}

package io.destine.spark.app;

import io.destine.config.TrainConfig;
import io.destine.optim.PlateauSchedule;
import io.destine.train.TrainingListener;
import io.destine.train.Validation;
import java.io.PrintStream;
import java.util.Locale;

/**
 * Tells people how training goes: on a terminal one line that is updated, elsewhere a line now and
 * then; one line for every epoch. One thread.
 */
final class ConsoleProgress implements TrainingListener {
  private static final long TERMINAL_NANOS = 200_000_000L;
  private static final long LOG_NANOS = 30_000_000_000L;
  private static final double SMOOTHING = 0.98;

  private final PrintStream out;
  private final boolean terminal;
  private final TrainConfig config;
  private long epochStart = System.nanoTime();
  private long lastShown = epochStart;
  private long rowsInEpoch;
  private int firstStep = -1;
  private double smoothedLoss = Double.NaN;
  private int shownLength;

  ConsoleProgress(PrintStream out, boolean terminal, TrainConfig config) {
    this.out = out;
    this.terminal = terminal;
    this.config = config;
  }

  @Override
  public void stepped(
      int epoch, int step, int stepsPerEpoch, long rows, double loss, double gradientNorm) {
    boolean first = firstStep < 0;
    if (first) {
      epochStart = System.nanoTime();
      rowsInEpoch = -rows;
      firstStep = step;
    }
    rowsInEpoch += rows;
    smoothedLoss =
        Double.isNaN(smoothedLoss) ? loss : SMOOTHING * smoothedLoss + (1 - SMOOTHING) * loss;
    long now = System.nanoTime();
    if (first || now - lastShown < (terminal ? TERMINAL_NANOS : LOG_NANOS)) {
      return;
    }
    lastShown = now;
    double seconds = (now - epochStart) * 1e-9;
    double secondsPerStep = seconds / (step - firstStep);
    double left = secondsPerStep * (stepsPerEpoch - step - 1);
    left += secondsPerStep * (config.epochs() - epoch - 1) * stepsPerEpoch;
    show(
        String.format(
            Locale.ROOT,
            "epoch %d/%d  step %d/%d  %,.0f rows/s  loss %.4f  at most %s left",
            epoch + 1,
            config.epochs(),
            step + 1,
            stepsPerEpoch,
            rowsInEpoch / seconds,
            smoothedLoss,
            duration(left)));
  }

  @Override
  public void evaluated(
      int epoch,
      double trainLoss,
      Validation validation,
      double learningRate,
      PlateauSchedule.Verdict verdict) {
    clear();
    double seconds = (System.nanoTime() - epochStart) * 1e-9;
    out.printf(
        Locale.ROOT,
        "epoch %d/%d  train loss %.4f  validation AUC %.4f  log loss %.4f  lr %.3g  %.1f s%s%n",
        epoch + 1,
        config.epochs(),
        trainLoss,
        validation.auc(),
        validation.logLoss(),
        learningRate,
        seconds,
        switch (verdict) {
          case IMPROVED -> "  best so far";
          case CUT -> "  no gain: learning rate cut";
          case STOP -> "  no gain: stopping early";
          case UNCHANGED -> "";
        });
    epochStart = System.nanoTime();
    lastShown = epochStart;
    rowsInEpoch = 0;
    firstStep = -1;
  }

  private void show(String line) {
    if (terminal) {
      out.print("\r" + line + " ".repeat(Math.max(0, shownLength - line.length())));
      out.flush();
      shownLength = line.length();
    } else {
      out.println(line);
    }
  }

  private void clear() {
    if (terminal && shownLength > 0) {
      out.print("\r" + " ".repeat(shownLength) + "\r");
      shownLength = 0;
    }
  }

  /** Minutes and seconds, or hours, minutes and seconds. */
  static String duration(double seconds) {
    long s = Math.round(seconds);
    return s < 3600
        ? String.format(Locale.ROOT, "%d:%02d", s / 60, s % 60)
        : String.format(Locale.ROOT, "%d:%02d:%02d", s / 3600, s / 60 % 60, s % 60);
  }
}

package io.destine.spark.app;

import io.destine.config.TrainConfig;
import io.destine.optim.RateSchedule;
import io.destine.spark.train.EpochLine;
import io.destine.train.TrainingListener;
import io.destine.train.Validation;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Shows the progress of a training run: on a terminal one line that is updated, elsewhere a line
 * from time to time; and one line for every epoch. One thread.
 */
final class ConsoleProgress implements TrainingListener {
  private static final long TERMINAL_NANOS = 200_000_000L;
  private static final long LOG_NANOS = 30_000_000_000L;
  private static final double SMOOTHING = 0.98;

  /** Training time to measure before the remaining time is estimated. */
  private static final long ESTIMATE_NANOS = 5_000_000_000L;

  private static final int ESTIMATE_STEPS = 20;

  private final StatusLine line;
  private final LongSupplier nanoTime;
  private final String name;
  private final TrainConfig config;
  private long epochStart;

  /** The end of the epoch's first step, which rates leave out: it may include start-up time. */
  private long measuredFrom;

  private long lastShown;
  private long rowsInEpoch;
  private int firstStep = -1;
  private double smoothedLoss = Double.NaN;

  ConsoleProgress(StatusLine line, TrainConfig config) {
    this(line, config, System::nanoTime);
  }

  ConsoleProgress(StatusLine line, TrainConfig config, LongSupplier nanoTime) {
    this(line, config, nanoTime, "");
  }

  /**
   * Progress of one of several named training runs; its epochs are printed only in verbose mode.
   */
  static ConsoleProgress of(String name, StatusLine line, TrainConfig config) {
    return new ConsoleProgress(line, config, System::nanoTime, name + "  ");
  }

  private ConsoleProgress(StatusLine line, TrainConfig config, LongSupplier nanoTime, String name) {
    this.name = name;
    this.line = line;
    this.config = config;
    this.nanoTime = nanoTime;
    epochStart = nanoTime.getAsLong();
    lastShown = epochStart;
  }

  @Override
  public void stepped(int epoch, int step, int stepsPerEpoch, long rows, double loss) {
    boolean first = firstStep < 0;
    if (first) {
      measuredFrom = nanoTime.getAsLong();
      if (Double.isNaN(smoothedLoss)) {
        // Rows are encoded before the first step of the run.
        epochStart = measuredFrom;
      }
      rowsInEpoch = -rows;
      firstStep = step;
    }
    rowsInEpoch += rows;
    smoothedLoss =
        Double.isNaN(smoothedLoss) ? loss : SMOOTHING * smoothedLoss + (1 - SMOOTHING) * loss;
    long now = nanoTime.getAsLong();
    if (first || now - lastShown < (line.terminal() ? TERMINAL_NANOS : LOG_NANOS)) {
      return;
    }
    lastShown = now;
    double seconds = (now - measuredFrom) * 1e-9;
    line.show(
        String.format(
            Locale.ROOT,
            "%sepoch %d/%d  step %d/%d  %,.0f rows/s  loss %.4f%s",
            name,
            epoch + 1,
            config.epochs(),
            step + 1,
            stepsPerEpoch,
            rowsInEpoch / seconds,
            smoothedLoss,
            left(now - measuredFrom, epoch, step, stepsPerEpoch)));
  }

  /** The maximum remaining training time, once enough steps have been measured. */
  private String left(long nanos, int epoch, int step, int stepsPerEpoch) {
    int steps = step - firstStep;
    if (nanos < ESTIMATE_NANOS || steps < ESTIMATE_STEPS) {
      return "";
    }
    double left = stepsPerEpoch - step - 1 + (config.epochs() - epoch - 1.0) * stepsPerEpoch;
    return "  at most " + EpochLine.duration(nanos * 1e-9 / steps * left) + " left";
  }

  @Override
  public void evaluated(
      int epoch,
      double trainLoss,
      Validation validation,
      double learningRate,
      RateSchedule.Verdict verdict) {
    double seconds = (nanoTime.getAsLong() - epochStart) * 1e-9;
    if (name.isEmpty() || Console.verbose()) {
      line.print(
          name
              + EpochLine.of(
                  epoch, config.epochs(), trainLoss, validation, learningRate, seconds, verdict));
    }
    epochStart = nanoTime.getAsLong();
    lastShown = epochStart;
    rowsInEpoch = 0;
    firstStep = -1;
  }
}

package io.destine.spark.ml;

import io.destine.optim.RateSchedule;
import io.destine.spark.encode.DataSetManifest;
import io.destine.spark.encode.Split;
import io.destine.spark.train.EpochLine;
import io.destine.train.TrainingListener;
import io.destine.train.Validation;
import java.io.Serializable;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The progress of a fit: lines that are logged, and kept until they are taken, and the current
 * state. Any thread.
 */
class FitProgress implements TrainingListener, Serializable {
  private static final long serialVersionUID = 1;
  private static final Logger LOG = LoggerFactory.getLogger(FitProgress.class);
  private static final int BAR = 20;

  /** Training time to measure before the remaining time is estimated. */
  private static final double ESTIMATE_SECONDS = 3;

  private static final int ESTIMATE_STEPS = 20;

  private final Queue<String> lines = new ConcurrentLinkedQueue<>();
  private boolean running;
  private int epochs;
  private long start;
  private long epochStart;
  private double epochsDone;
  private int steps;
  private String validation = "";
  private boolean trained;

  /** A fit begins. */
  synchronized void begin() {
    lines.clear();
    running = true;
    epochs = 0;
    start = nanoTime();
    epochsDone = 0;
    steps = 0;
    validation = "";
    trained = false;
  }

  /** The rows are encoded, and training begins. */
  synchronized void encoded(DataSetManifest data, int atMostEpochs) {
    add(
        String.format(
            Locale.ROOT,
            "encoded %,d training and %,d validation rows: %d fields, %,d ids",
            data.rows(Split.TRAIN),
            data.rows(Split.VALIDATION),
            data.fields().size(),
            data.vocabularySize()));
    train(atMostEpochs);
  }

  /** Training begins. */
  synchronized void train(int atMostEpochs) {
    epochs = atMostEpochs;
    start = nanoTime();
    epochStart = start;
  }

  @Override
  public synchronized void stepped(int epoch, int step, int stepsPerEpoch, long rows, double loss) {
    epochsDone = epoch + (step + 1.0) / stepsPerEpoch;
    steps++;
  }

  @Override
  public synchronized void evaluated(
      int epoch,
      double trainLoss,
      Validation result,
      double learningRate,
      RateSchedule.Verdict verdict) {
    long now = nanoTime();
    double seconds = (now - epochStart) * 1e-9;
    epochStart = now;
    epochsDone = epoch + 1;
    validation = String.format(Locale.ROOT, "  validation AUC %.4f", result.auc());
    trained = epoch + 1 == epochs || verdict == RateSchedule.Verdict.STOP;
    add(EpochLine.of(epoch, epochs, trainLoss, result, learningRate, seconds, verdict));
  }

  /** The fit is over. */
  synchronized void end() {
    running = false;
  }

  private void add(String line) {
    LOG.info(line);
    lines.add(line);
  }

  /** The lines since the last call, each with a line terminator. */
  String take() {
    StringBuilder taken = new StringBuilder();
    for (String line = lines.poll(); line != null; line = lines.poll()) {
      taken.append(line).append('\n');
    }
    return taken.toString();
  }

  /**
   * The state in one line: a progress bar, the epoch, the last validation, the remaining time;
   * empty without a fit.
   */
  synchronized String state() {
    double seconds = (nanoTime() - start) * 1e-9;
    if (!running) {
      return "";
    } else if (epochs == 0) {
      return "encoding rows  " + EpochLine.duration(seconds);
    } else if (trained) {
      return "writing the model";
    }
    double share = epochsDone / epochs;
    int full = (int) (BAR * share);
    String left =
        seconds < ESTIMATE_SECONDS || steps < ESTIMATE_STEPS
            ? ""
            : "  at most " + EpochLine.duration(seconds / share * (1 - share)) + " left";
    return String.format(
        Locale.ROOT,
        "[%s%s] epoch %d/%d%s%s",
        "#".repeat(full),
        "-".repeat(BAR - full),
        Math.min((int) epochsDone + 1, epochs),
        epochs,
        validation,
        left);
  }

  long nanoTime() {
    return System.nanoTime();
  }
}

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

/** Lines about how far a fit is: they are logged, and kept until somebody takes them. */
final class FitProgress implements TrainingListener, Serializable {
  private static final long serialVersionUID = 1;
  private static final Logger LOG = LoggerFactory.getLogger(FitProgress.class);

  private final Queue<String> lines = new ConcurrentLinkedQueue<>();
  private int epochs;
  private long epochStart;

  /** A fit begins. */
  void begin() {
    lines.clear();
  }

  /** The rows are encoded, and training begins. */
  void encoded(DataSetManifest data, int atMostEpochs) {
    add(
        String.format(
            Locale.ROOT,
            "encoded %,d training and %,d validation rows: %d fields, %,d ids",
            data.rows(Split.TRAIN),
            data.rows(Split.VALIDATION),
            data.fields().size(),
            data.vocabularySize()));
    epochs = atMostEpochs;
    epochStart = System.nanoTime();
  }

  @Override
  public void evaluated(
      int epoch,
      double trainLoss,
      Validation validation,
      double learningRate,
      RateSchedule.Verdict verdict) {
    long now = System.nanoTime();
    double seconds = (now - epochStart) * 1e-9;
    epochStart = now;
    add(EpochLine.of(epoch, epochs, trainLoss, validation, learningRate, seconds, verdict));
  }

  private void add(String line) {
    LOG.info(line);
    lines.add(line);
  }

  /** The lines since the last call, each with its end. */
  String take() {
    StringBuilder taken = new StringBuilder();
    for (String line = lines.poll(); line != null; line = lines.poll()) {
      taken.append(line).append('\n');
    }
    return taken.toString();
  }
}

package io.destine.spark.train;

import io.destine.optim.PlateauSchedule;
import io.destine.train.TrainingListener;
import io.destine.train.Validation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Notes what every epoch brought, for the manifest and the page, and passes events on. */
final class LearningCurve implements TrainingListener {
  private final TrainingListener next;
  private final List<Map<String, Object>> epochs = new ArrayList<>();
  private long start = System.nanoTime();
  private int best;

  /** The curve of the epochs to come; earlier ones of a resumed training are not in it. */
  LearningCurve(TrainingListener next) {
    this.next = next;
  }

  @Override
  public void stepped(int epoch, int step, int steps, long rows, double loss, double norm) {
    next.stepped(epoch, step, steps, rows, loss, norm);
  }

  @Override
  public void evaluated(
      int epoch,
      double trainLoss,
      Validation validation,
      double learningRate,
      PlateauSchedule.Verdict verdict) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("epoch", epoch + 1);
    put(row, "train_loss", trainLoss);
    put(row, "validation_auc", validation.auc());
    put(row, "validation_log_loss", validation.logLoss());
    row.put("learning_rate", learningRate);
    row.put("verdict", verdict.name().toLowerCase(Locale.ROOT));
    long now = System.nanoTime();
    row.put("seconds", Math.round((now - start) * 1e-6) / 1000.0);
    start = now;
    epochs.add(row);
    best = verdict == PlateauSchedule.Verdict.IMPROVED ? epoch + 1 : best;
    next.evaluated(epoch, trainLoss, validation, learningRate, verdict);
  }

  /** JSON has no number for what the rows do not define. */
  private static void put(Map<String, Object> row, String key, double value) {
    if (Double.isFinite(value)) {
      row.put(key, value);
    }
  }

  /** One JSON object for each epoch. */
  List<Map<String, Object>> epochs() {
    return List.copyOf(epochs);
  }

  /** The best epoch, counted from 1; 0 when none of these was better than those before. */
  int best() {
    return best;
  }
}

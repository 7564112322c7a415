package io.destine.spark.train;

import io.destine.optim.RateSchedule;
import io.destine.spark.tracking.TrackedRun;
import io.destine.train.TrainingListener;
import io.destine.train.Validation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Notes what every epoch brought, for the manifest and the page, and passes events on. A resumed
 * training begins with what its checkpoint kept; the seconds of the epoch that it goes on with are
 * counted from there.
 */
final class LearningCurve implements TrainingListener {
  private static final String IMPROVED = word(RateSchedule.Verdict.IMPROVED);

  private final TrainingListener next;
  private final TrackedRun tracked;
  private final List<Map<String, Object>> epochs = new ArrayList<>();
  private long start = System.nanoTime();
  private int best;

  /** A curve without epochs. */
  LearningCurve(TrainingListener next, TrackedRun tracked) {
    this.next = next;
    this.tracked = tracked;
  }

  /** Begins with the epochs of the training that is resumed, as {@link #epochs} gave them. */
  void restore(List<Map<String, Object>> earlier) {
    epochs.clear();
    epochs.addAll(earlier);
    best = 0;
    for (Map<String, Object> row : earlier) {
      if (IMPROVED.equals(row.get("verdict")) && row.get("epoch") instanceof Number epoch) {
        best = epoch.intValue();
      }
    }
    start = System.nanoTime();
  }

  @Override
  public void stepped(int epoch, int step, int steps, long rows, double loss) {
    next.stepped(epoch, step, steps, rows, loss);
    tracked.stepped(epoch, step, steps, loss);
  }

  @Override
  public void evaluated(
      int epoch,
      double trainLoss,
      Validation validation,
      double learningRate,
      RateSchedule.Verdict verdict) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("epoch", epoch + 1);
    put(row, "train_loss", trainLoss);
    put(row, "validation_auc", validation.auc());
    put(row, "validation_log_loss", validation.logLoss());
    row.put("learning_rate", learningRate);
    row.put("verdict", word(verdict));
    if (validation.averaged()) {
      row.put("averaged", true);
    }
    long now = System.nanoTime();
    row.put("seconds", Math.round((now - start) * 1e-6) / 1000.0);
    start = now;
    epochs.add(row);
    tracked.evaluated(row);
    best = verdict == RateSchedule.Verdict.IMPROVED ? epoch + 1 : best;
    next.evaluated(epoch, trainLoss, validation, learningRate, verdict);
  }

  private static String word(RateSchedule.Verdict verdict) {
    return verdict.name().toLowerCase(Locale.ROOT);
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

  /** The best epoch, counted from 1; 0 when none of these was better than none. */
  int best() {
    return best;
  }
}

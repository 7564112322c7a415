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
 * Records the figures of every epoch, for the manifest and the report, and forwards events. A
 * resumed run begins with the figures of its checkpoint; the seconds of the epoch that it continues
 * are counted from there. The losses of at most {@value #STEPS_NOTED} steps of an epoch are
 * recorded, to find where two training runs diverge.
 */
final class LearningCurve implements TrainingListener {
  private static final int STEPS_NOTED = 64;
  private static final String STEP_LOSS_EVERY = "step_loss_every";
  private static final String STEP_LOSSES = "step_losses";
  private static final String VERDICT = "verdict";
  private static final String IMPROVED = word(RateSchedule.Verdict.IMPROVED);

  private final TrainingListener next;
  private final TrackedRun tracked;
  private final List<Map<String, Object>> epochs = new ArrayList<>();
  private final List<Object> stepLosses = new ArrayList<>();
  private int every;
  private long start = System.nanoTime();
  private int best;

  /** A curve without epochs. */
  LearningCurve(TrainingListener next, TrackedRun tracked) {
    this.next = next;
    this.tracked = tracked;
  }

  /** Starts with the epochs of the resumed run, as returned by {@link #kept}. */
  void restore(List<Map<String, Object>> earlier) {
    epochs.clear();
    stepLosses.clear();
    best = 0;
    for (Map<String, Object> row : earlier) {
      if (row.containsKey(VERDICT)) {
        epochs.add(row);
      } else if (row.get(STEP_LOSSES) instanceof List<?> losses) {
        stepLosses.addAll(losses);
      }
      if (IMPROVED.equals(row.get(VERDICT)) && row.get("epoch") instanceof Number epoch) {
        best = epoch.intValue();
      }
    }
    start = System.nanoTime();
  }

  @Override
  public void stepped(int epoch, int step, int steps, long rows, double loss) {
    every = (steps + STEPS_NOTED - 1) / STEPS_NOTED;
    if ((step + 1) % every == 0) {
      stepLosses.add(loss);
    }
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
    row.put(VERDICT, word(verdict));
    if (validation.averaged()) {
      row.put("averaged", true);
    }
    long now = System.nanoTime();
    row.put("seconds", Math.round((now - start) * 1e-6) / 1000.0);
    start = now;
    putSteps(row);
    stepLosses.clear();
    epochs.add(row);
    tracked.evaluated(row);
    best = verdict == RateSchedule.Verdict.IMPROVED ? epoch + 1 : best;
    next.evaluated(epoch, trainLoss, validation, learningRate, verdict);
  }

  private void putSteps(Map<String, Object> row) {
    row.put(STEP_LOSS_EVERY, every);
    row.put(STEP_LOSSES, List.copyOf(stepLosses));
  }

  private static String word(RateSchedule.Verdict verdict) {
    return verdict.name().toLowerCase(Locale.ROOT);
  }

  /** Leaves out undefined values, for which JSON has no number. */
  private static void put(Map<String, Object> row, String key, double value) {
    if (Double.isFinite(value)) {
      row.put(key, value);
    }
  }

  /** One JSON object for each epoch. */
  List<Map<String, Object>> epochs() {
    return List.copyOf(epochs);
  }

  /** The epochs plus the steps of an unfinished epoch, for a checkpoint. */
  List<Map<String, Object>> kept() {
    if (stepLosses.isEmpty()) {
      return epochs();
    }
    List<Map<String, Object>> all = new ArrayList<>(epochs);
    Map<String, Object> unfinished = new LinkedHashMap<>();
    putSteps(unfinished);
    all.add(unfinished);
    return all;
  }

  /** The best epoch, counted from 1; 0 if there is none. */
  int best() {
    return best;
  }
}

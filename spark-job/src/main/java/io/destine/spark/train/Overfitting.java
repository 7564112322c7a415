package io.destine.spark.train;

import io.destine.config.Metric;
import io.destine.config.TrainConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Detects that a network has memorised its training rows: one warning with advice for each sign.
 */
final class Overfitting {
  /** Minimum growth of log loss for a warning, as a factor. */
  private static final double GROWN = 1.01;

  /** Factor for the suggested penalty if the current one was too weak. */
  private static final double FURTHER = 3;

  private Overfitting() {}

  /**
   * The warnings.
   *
   * @param epochs as in {@link LearningCurve#epochs}, from the first one on
   * @param train with the penalty that was used
   * @param rows number of training rows
   */
  static List<String> warnings(List<Map<String, Object>> epochs, TrainConfig train, long rows) {
    Metric metric = train.metric();
    double[] auc = column(epochs, "validation_auc");
    double[] loss = column(epochs, "validation_log_loss");
    double[] metrics = metric == Metric.AUC ? auc : loss;
    double now = train.optimizer().embeddingL2().orElse(0.0);
    double usual = TrainConfig.automaticL2(rows);
    String penalty =
        String.format(
            Locale.ROOT, "try train.embedding-l2 = %.2g", now < usual ? usual : FURTHER * now);
    List<String> warnings = new ArrayList<>();
    if (worseFromFirst(metrics, metric) && loss[loss.length - 1] > loss[0]) {
      warnings.add(
          String.format(
              Locale.ROOT,
              "overfitting: validation %s was best after the first epoch, %.4f, and has been worse"
                  + " after every later one, %.4f in epoch %d; %s, or make the network smaller"
                  + " (model.layers, model.deep)",
              metric == Metric.AUC ? "AUC" : "log loss",
              metrics[0],
              metrics[metrics.length - 1],
              metrics.length,
              penalty));
    }
    int highest = best(auc, Metric.AUC);
    int lowest = best(loss, Metric.LOG_LOSS);
    if (lowest >= 0
        && highest > lowest
        && loss[highest] > GROWN * loss[lowest]
        && auc[highest] > auc[lowest]) {
      warnings.add(
          String.format(
              Locale.ROOT,
              "overfitting: from epoch %d to %d validation AUC rose from %.4f to %.4f while log"
                  + " loss got worse, from %.4f to %.4f: the ranking still improves, the"
                  + " probabilities do not; %s%s",
              lowest + 1,
              highest + 1,
              auc[lowest],
              auc[highest],
              loss[lowest],
              loss[highest],
              metric == Metric.AUC ? "set train.metric = log_loss, and " : "",
              penalty));
    }
    return warnings;
  }

  private static boolean worseFromFirst(double[] values, Metric metric) {
    for (int e = 1; e < values.length; e++) {
      if (!metric.better(values[0], values[e])) {
        return false;
      }
    }
    return values.length > 1;
  }

  /** The epoch with the best value; -1 if no epoch has a value. */
  private static int best(double[] values, Metric metric) {
    int best = -1;
    double value = metric.worst();
    for (int e = 0; e < values.length; e++) {
      if (metric.better(values[e], value)) {
        best = e;
        value = values[e];
      }
    }
    return best;
  }

  private static double[] column(List<Map<String, Object>> epochs, String key) {
    return epochs.stream()
        .mapToDouble(row -> row.get(key) instanceof Number n ? n.doubleValue() : Double.NaN)
        .toArray();
  }
}

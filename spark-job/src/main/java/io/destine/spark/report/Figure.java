package io.destine.spark.report;

import java.util.List;

/**
 * A metric with its name and explanation in tables.
 *
 * @param key in a report
 * @param name in a table
 * @param meaning in a few words
 * @param good direction of good values
 */
record Figure(String key, String name, String meaning, Good good) {

  /** The direction of good values of a metric. */
  enum Good {
    HIGH,
    LOW,
    NEAR_ONE,
    NONE;

    /** The distance of a value from a perfect one; only differences are meaningful. */
    double badness(double value) {
      return switch (this) {
        case HIGH -> -value;
        case LOW -> value;
        case NEAR_ONE -> Math.abs(value - 1);
        case NONE -> 0;
      };
    }
  }

  static final List<Figure> ALL =
      List.of(
          new Figure("log_loss", "Log loss", "cross-entropy in nats; lower is better", Good.LOW),
          new Figure("auc", "AUC", "share of pairs ranked right; higher is better", Good.HIGH),
          new Figure("pr_auc", "PR AUC", "average precision; higher is better", Good.HIGH),
          new Figure("gauc", "Grouped AUC", "AUC within groups; higher is better", Good.HIGH),
          new Figure(
              "normalized_entropy",
              "Normalized entropy",
              "1 is as good as the base rate alone; lower is better",
              Good.LOW),
          new Figure(
              "calibration",
              "Calibration",
              "predicted over actual positives; 1 is best",
              Good.NEAR_ONE),
          new Figure("ece", "ECE", "mean distance from the diagonal; lower is better", Good.LOW),
          new Figure("mean_prediction", "Mean prediction", "mean probability", Good.NONE),
          new Figure("base_rate", "Base rate", "share of positives in these rows", Good.NONE));

  /** Writes the cell that names the row. */
  void name(Markup page) {
    page.open("th", "scope", "row").text(name).leaf("small", meaning).close();
  }
}

package io.destine.spark.conf;

import io.destine.config.Check;
import io.destine.config.Components;
import io.destine.config.Meaning;
import io.destine.config.Metric;
import io.destine.config.SettingProblem;

/**
 * The conditions for the publication of a candidate. It is compared with the published model on the
 * same held-out rows.
 */
public record GateConfig(
    @Meaning(
            value = "metric that compares the candidate with the published model",
            preset = "log_loss")
        Metric metric,
    @Meaning(value = "largest difference by which a candidate may be worse", preset = "0.005")
        double tolerance,
    @Meaning(value = "minimum number of held-out rows", preset = "100") long minRows,
    @Meaning(value = "minimum of mean prediction / mean label", preset = "0.7")
        double minCalibration,
    @Meaning(value = "maximum of mean prediction / mean label", preset = "1.4")
        double maxCalibration) {

  public GateConfig {
    Check.atLeast("nightly.gate.tolerance", 0, tolerance);
    Check.atLeast("nightly.gate.min-rows", 1, minRows);
    if (!(minCalibration >= 0 && minCalibration < maxCalibration)) {
      throw SettingProblem.must(
          "nightly.gate.min-calibration",
          "at least 0 and below max-calibration (" + maxCalibration + ")",
          minCalibration);
    }
  }

  /** A log loss at most 0.005 above the published model's, on at least 100 rows. */
  public static GateConfig defaults() {
    return Components.defaults(GateConfig.class);
  }
}

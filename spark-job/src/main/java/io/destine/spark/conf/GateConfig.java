package io.destine.spark.conf;

import io.destine.config.Metric;
import io.destine.config.SettingProblem;

/**
 * What a candidate must be to be published.
 *
 * @param metric by which it is compared with the published model, on the same held-out rows
 * @param tolerance by how much it may be worse
 * @param minRows least held-out rows, without which nothing can be said
 * @param minCalibration least mean prediction over mean label
 * @param maxCalibration largest mean prediction over mean label
 */
public record GateConfig(
    Metric metric, double tolerance, long minRows, double minCalibration, double maxCalibration) {

  public GateConfig {
    if (!(tolerance >= 0 && tolerance < Double.POSITIVE_INFINITY)) {
      throw SettingProblem.must("nightly.gate.tolerance", "at least 0", tolerance);
    }
    if (minRows < 1) {
      throw SettingProblem.must("nightly.gate.min-rows", "at least 1", minRows);
    }
    if (!(minCalibration >= 0 && minCalibration < maxCalibration)) {
      throw SettingProblem.must(
          "nightly.gate.min-calibration",
          "at least 0 and below max-calibration (" + maxCalibration + ")",
          minCalibration);
    }
  }

  /** A log loss no more than 0.005 above the published model's, on 100 rows or more. */
  public static GateConfig defaults() {
    return new GateConfig(Metric.LOG_LOSS, 0.005, 100, 0.7, 1.4);
  }
}

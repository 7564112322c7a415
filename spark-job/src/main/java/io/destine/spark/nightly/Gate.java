package io.destine.spark.nightly;

import io.destine.metric.EvaluationReport;
import io.destine.spark.conf.GateConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Whether a candidate may be published.
 *
 * @param checks all of them, in order
 */
record Gate(List<Check> checks) {

  /**
   * One condition.
   *
   * @param name of the figure
   * @param value what it is
   * @param bound what it is held against
   * @param passed true when it holds
   * @param text the condition and what was found, in words
   */
  record Check(String name, double value, double bound, boolean passed, String text) {}

  Gate {
    checks = List.copyOf(checks);
  }

  /**
   * Holds a candidate against the published model on the same held-out rows.
   *
   * @param published null when there is none
   */
  static Gate of(GateConfig config, EvaluationReport candidate, EvaluationReport published) {
    List<Check> checks = new ArrayList<>();
    checks.add(
        check(
            "held_out_rows",
            candidate.rows(),
            config.minRows(),
            candidate.rows() >= config.minRows(),
            "held-out rows %,.0f must be at least %,.0f"));
    if (published != null) {
      checks.add(comparison(config, candidate, published));
    }
    double calibration = candidate.calibration().orElse(Double.NaN);
    checks.add(
        check(
            "calibration_low",
            calibration,
            config.minCalibration(),
            calibration >= config.minCalibration(),
            "candidate calibration %.4f must be at least %.4f"));
    checks.add(
        check(
            "calibration_high",
            calibration,
            config.maxCalibration(),
            calibration <= config.maxCalibration(),
            "candidate calibration %.4f must be at most %.4f"));
    double spread = candidate.maxPrediction().orElse(0) - candidate.minPrediction().orElse(0);
    checks.add(
        check(
            "spread",
            spread,
            0,
            spread > 0,
            "predictions must differ between rows: their range %.4f must be above %.0f"));
    return new Gate(checks);
  }

  private static Check comparison(
      GateConfig config, EvaluationReport candidate, EvaluationReport published) {
    double found = candidate.value(config.metric()).orElse(Double.NaN);
    double live = published.value(config.metric()).orElse(Double.NaN);
    String name = config.metric().key().replace('_', ' ');
    return switch (config.metric()) {
      case AUC ->
          check(
              "auc",
              found,
              live - config.tolerance(),
              // Where the rows do not define it, the published model cannot be beaten either.
              found >= live - config.tolerance() || Double.isNaN(live),
              "candidate " + name + " %.4f must be at least %.4f (published " + figure(live) + ")");
      case LOG_LOSS ->
          check(
              "log_loss",
              found,
              live + config.tolerance(),
              found <= live + config.tolerance(),
              "candidate " + name + " %.4f must be at most %.4f (published " + figure(live) + ")");
    };
  }

  private static String figure(double value) {
    return String.format(Locale.ROOT, "%.4f", value);
  }

  private static Check check(
      String name, double value, double bound, boolean passed, String pattern) {
    return new Check(name, value, bound, passed, String.format(Locale.ROOT, pattern, value, bound));
  }

  boolean passed() {
    return checks.stream().allMatch(Check::passed);
  }

  /** The conditions that failed, or all when none did. */
  List<String> reasons() {
    List<String> failed = checks.stream().filter(c -> !c.passed()).map(Check::text).toList();
    return failed.isEmpty() ? checks.stream().map(Check::text).toList() : failed;
  }
}

package io.destine.spark.nightly;

import io.destine.metric.EvaluationReport;
import io.destine.spark.conf.GateConfig;
import io.destine.spark.report.RunReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Decides whether a candidate may be published.
 *
 * @param checks all of them, in order
 */
record Gate(List<RunReport.Check> checks) {

  Gate {
    checks = List.copyOf(checks);
  }

  /**
   * Compares a candidate with the published model on the same held-out rows.
   *
   * @param published null if there is none
   */
  static Gate of(GateConfig config, EvaluationReport candidate, EvaluationReport published) {
    List<RunReport.Check> checks = new ArrayList<>();
    checks.add(atLeast("held_out_rows", "held-out rows", candidate.rows(), config.minRows()));
    if (published != null) {
      checks.add(comparison(config, candidate, published));
    }
    double calibration = candidate.calibration().orElse(Double.NaN);
    String text = "calibration of the candidate";
    checks.add(atLeast("calibration_low", text, calibration, config.minCalibration()));
    checks.add(atMost("calibration_high", text, calibration, config.maxCalibration()));
    double spread = candidate.maxPrediction().orElse(0) - candidate.minPrediction().orElse(0);
    checks.add(
        new RunReport.Check(
            "spread",
            spread,
            0.0,
            spread > 0,
            spread > 0
                ? String.format(Locale.ROOT, "predictions differ between rows, by %.4f", spread)
                : "all predictions are the same"));
    return new Gate(checks);
  }

  private static RunReport.Check comparison(
      GateConfig config, EvaluationReport candidate, EvaluationReport published) {
    double found = candidate.value(config.metric()).orElse(Double.NaN);
    double live = published.value(config.metric()).orElse(Double.NaN);
    String against =
        String.format(Locale.ROOT, " (published %.4f, tolerance %s)", live, config.tolerance());
    return switch (config.metric()) {
      case AUC ->
          // If the metric is undefined on the rows, neither model is better.
          Double.isNaN(live)
              ? new RunReport.Check(
                  "auc", found, live, true, "AUC is not defined on the held-out rows")
              : with(
                  atLeast("auc", "AUC of the candidate", found, live - config.tolerance()),
                  against);
      case LOG_LOSS ->
          with(
              atMost("log_loss", "log loss of the candidate", found, live + config.tolerance()),
              against);
    };
  }

  private static RunReport.Check with(RunReport.Check check, String more) {
    return new RunReport.Check(
        check.check(), check.value(), check.bound(), check.passed(), check.text() + more);
  }

  private static RunReport.Check atLeast(String name, String what, double value, double bound) {
    boolean passed = value >= bound;
    return check(name, what, value, bound, passed, passed ? " is at least " : " is below ");
  }

  private static RunReport.Check atMost(String name, String what, double value, double bound) {
    boolean passed = value <= bound;
    return check(name, what, value, bound, passed, passed ? " is at most " : " is above ");
  }

  private static RunReport.Check check(
      String name, String what, double value, double bound, boolean passed, String relation) {
    String number = name.equals("held_out_rows") ? "%,.0f" : "%.4f";
    String text =
        Double.isNaN(value)
            ? what + " is not defined on the held-out rows"
            : String.format(Locale.ROOT, what + ": " + number + relation + number, value, bound);
    return new RunReport.Check(name, value, bound, passed, text);
  }

  boolean passed() {
    return checks.stream().allMatch(RunReport.Check::passed);
  }

  /** The failed conditions, or all conditions if none failed. */
  List<String> reasons() {
    List<String> failed =
        checks.stream().filter(c -> !c.passed()).map(RunReport.Check::text).toList();
    return failed.isEmpty() ? checks.stream().map(RunReport.Check::text).toList() : failed;
  }
}

package io.destine.spark.nightly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.destine.config.Metric;
import io.destine.metric.EvaluationReport;
import io.destine.spark.conf.GateConfig;
import io.destine.spark.report.RunReport;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Every condition alone, on 50 rows of label 1 and 50 of label 0. Logits of 1 and -1 in their
 * places give a log loss of ln(1 + e^-1) and an AUC of 1; each of k rows of label 1 with a logit of
 * -1 costs half a pair against each row of label 0.
 */
class GateTest {
  private static final int HALF = 50;
  private static final GateConfig LOG_LOSS = config(Metric.LOG_LOSS, 0.02);
  private static final GateConfig AUC = config(Metric.AUC, 0.05);

  private static GateConfig config(Metric metric, double tolerance) {
    return new GateConfig(metric, tolerance, 100, 0.5, 2);
  }

  /** Rows of logit +- {@code size}, {@code wrong} of those of label 1 on the wrong side. */
  private static EvaluationReport report(double size, int wrong) {
    double[] logits = new double[2 * HALF];
    float[] labels = new float[2 * HALF];
    for (int i = 0; i < HALF; i++) {
      labels[i] = 1;
      logits[i] = i < wrong ? -size : size;
      logits[HALF + i] = -size;
    }
    return EvaluationReport.of(logits, labels, null, null);
  }

  private static double loss(double margin) {
    return Math.log1p(Math.exp(-margin));
  }

  private static List<String> failed(Gate gate) {
    return gate.checks().stream().filter(c -> !c.passed()).map(RunReport.Check::check).toList();
  }

  @Test
  void aCandidateAsGoodAsThePublishedModelPasses() {
    for (GateConfig config : List.of(LOG_LOSS, AUC)) {
      Gate gate = Gate.of(config, report(1, 0), report(1, 0));
      assertThat(gate.passed()).as("%s", gate.reasons()).isTrue();
      assertThat(gate.checks()).extracting(RunReport.Check::check).contains(config.metric().key());
    }
  }

  /** Less certain by a tenth: ln(1 + e^-0.9) - ln(1 + e^-1) is 0.0279. */
  @Test
  void aWorseLogLossIsRefusedFromTheToleranceOn() {
    EvaluationReport worse = report(0.9, 0);
    Gate refused = Gate.of(LOG_LOSS, worse, report(1, 0));
    assertThat(failed(refused)).containsExactly("log_loss");
    RunReport.Check check = refused.checks().get(1);
    assertThat(check.value()).isCloseTo(loss(0.9), within(1e-12));
    assertThat(check.bound()).isCloseTo(loss(1) + 0.02, within(1e-12));
    assertThat(refused.reasons())
        .containsExactly(
            "log loss of the candidate: 0.3412 is above 0.3333 (published 0.3133, tolerance 0.02)");
    assertThat(Gate.of(config(Metric.LOG_LOSS, 0.03), worse, report(1, 0)).passed()).isTrue();
    assertThat(Gate.of(config(Metric.LOG_LOSS, 0), report(1, 0), worse).passed()).isTrue();
  }

  /**
   * 12 positive rows tie with every negative row, so their pairs count half: an AUC of 1 - 12 /
   * 100.
   */
  @Test
  void aWorseAucIsRefusedFromTheToleranceOn() {
    EvaluationReport worse = report(1, 12);
    Gate refused = Gate.of(AUC, worse, report(1, 0));
    assertThat(failed(refused)).containsExactly("auc");
    assertThat(refused.reasons())
        .containsExactly(
            "AUC of the candidate: 0.8800 is below 0.9500 (published 1.0000, tolerance 0.05)");
    assertThat(Gate.of(config(Metric.AUC, 0.13), worse, report(1, 0)).passed()).isTrue();
    assertThat(Gate.of(config(Metric.AUC, 0), report(1, 0), worse).passed()).isTrue();
  }

  /** The other metric does not decide: the same order of rows has the same AUC. */
  @Test
  void onlyTheChosenMetricDecides() {
    assertThat(Gate.of(AUC, report(0.1, 0), report(1, 0)).passed()).isTrue();
    assertThat(failed(Gate.of(LOG_LOSS, report(0.1, 0), report(1, 0)))).containsExactly("log_loss");
  }

  @Test
  void tooFewHeldOutRowsDecideNothing() {
    GateConfig more = new GateConfig(Metric.LOG_LOSS, 0.02, 101, 0.5, 2);
    Gate gate = Gate.of(more, report(1, 0), report(1, 0));
    assertThat(failed(gate)).containsExactly("held_out_rows");
    assertThat(gate.reasons()).containsExactly("held-out rows: 100 is below 101");
  }

  /** Predictions of 0.2 or 0.9 for a label rate of a half: calibrations of 0.4 and 1.8. */
  @Test
  void calibrationIsHeldFromBothSides() {
    EvaluationReport low = shifted(0.2);
    EvaluationReport high = shifted(0.9);
    assertThat(low.calibration().getAsDouble()).isCloseTo(0.4, within(1e-6));
    assertThat(failed(Gate.of(LOG_LOSS, low, null))).containsExactly("calibration_low");
    assertThat(failed(Gate.of(LOG_LOSS, high, null))).isEmpty();
    GateConfig narrow = new GateConfig(Metric.LOG_LOSS, 0.02, 100, 0.5, 1.7);
    assertThat(failed(Gate.of(narrow, high, null))).containsExactly("calibration_high");
  }

  private static EvaluationReport shifted(double mean) {
    double[] logits = new double[2 * HALF];
    float[] labels = new float[2 * HALF];
    for (int i = 0; i < logits.length; i++) {
      labels[i] = i % 2;
      logits[i] = Math.log(mean / (1 - mean)) + (i < HALF ? 1e-9 : -1e-9);
    }
    return EvaluationReport.of(logits, labels, null, null);
  }

  @Test
  void aCandidateThatSaysTheSameOfEveryRowIsRefused() {
    double[] logits = new double[2 * HALF];
    float[] labels = new float[2 * HALF];
    for (int i = 0; i < HALF; i++) {
      labels[i] = 1;
    }
    EvaluationReport constant = EvaluationReport.of(logits, labels, null, null);
    assertThat(failed(Gate.of(LOG_LOSS, constant, null))).containsExactly("spread");
  }

  /** Without a row of label 1 there is neither an AUC nor a calibration. */
  @Test
  void figuresThatAreMissingDoNotPass() {
    double[] logits = new double[2 * HALF];
    logits[0] = 1;
    EvaluationReport empty = EvaluationReport.of(logits, new float[2 * HALF], null, null);
    assertThat(failed(Gate.of(LOG_LOSS, empty, null)))
        .containsExactly("calibration_low", "calibration_high");
    Gate auc = Gate.of(AUC, empty, report(1, 0));
    assertThat(failed(auc)).contains("auc");
    assertThat(auc.reasons().get(0)).contains("AUC of the candidate is not defined");
    assertThat(failed(Gate.of(AUC, report(1, 0), empty))).isEmpty();
  }
}

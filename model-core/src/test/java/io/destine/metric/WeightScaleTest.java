package io.destine.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Metrics of weighted rows against sums in double over all pairs of rows. */
class WeightScaleTest {
  private static final int ROWS = 200;

  private final ScoredSample sample = ScoredSample.random(ROWS, 11);

  /** Every row has a group: without one it would be counted in a warning. */
  @BeforeEach
  void giveEveryRowAGroup() {
    for (int i = 0; i < ROWS; i++) {
      sample.groups[i] |= 1;
    }
  }

  private static float[] times(float[] weights, double factor) {
    float[] multiplied = new float[weights.length];
    for (int i = 0; i < weights.length; i++) {
      multiplied[i] = (float) (weights[i] * factor);
    }
    return multiplied;
  }

  private EvaluationReport report(float[] weights) {
    return EvaluationReport.of(sample.logits, sample.labels, weights, null);
  }

  private void assertAsInDouble(float[] weights, double tolerance) {
    double loss = 0;
    double weight = 0;
    double positive = 0;
    double ranked = 0;
    double pairs = 0;
    for (int i = 0; i < ROWS; i++) {
      weight += weights[i];
      positive += weights[i] * (double) sample.labels[i];
      loss += weights[i] * Logits.loss(sample.logits[i], sample.labels[i] == 1);
      for (int j = 0; j < ROWS; j++) {
        if (sample.labels[i] == 1 && sample.labels[j] == 0) {
          double pair = (double) weights[i] * weights[j];
          pairs += pair;
          ranked += pair * (Math.signum(sample.logits[i] - sample.logits[j]) + 1) / 2;
        }
      }
    }
    EvaluationReport report = report(weights);
    assertThat(report.auc().getAsDouble()).isCloseTo(ranked / pairs, within(tolerance));
    assertThat(report.logLoss().getAsDouble()).isCloseTo(loss / weight, within(tolerance));
    assertThat(report.baseRate().getAsDouble() * weight / positive).isCloseTo(1, within(tolerance));
    assertThat(report.weight()).isCloseTo(weight, within(tolerance * weight));
    // Logits that have nothing to do with the labels.
    assertThat(report.warnings())
        .allMatch(warning -> warning.startsWith("the model is worse than guessing"));
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-30, 1e-7, 1, 1e9, 1e15, 1e29})
  void aCommonFactorOfAllWeightsKeepsThePrecision(double factor) {
    assertAsInDouble(times(sample.weights, factor), 1e-11);
  }

  @ParameterizedTest
  @ValueSource(ints = {-90, -20, 13, 50})
  void aFactorThatIsAPowerOfTwoKeepsTheBits(int power) {
    EvaluationReport found = report(times(sample.weights, Math.scalb(1.0, power)));
    EvaluationReport expected = report(sample.weights);
    assertThat(found.toJson().without("weight").toString().replaceAll("\"weight\":[^,]+", ""))
        .isEqualTo(
            expected.toJson().without("weight").toString().replaceAll("\"weight\":[^,]+", ""));
    assertThat(found.weight()).isEqualTo(expected.weight() * Math.scalb(1.0, power));
  }

  @Test
  void weightsOfOneAndOfAMillionAreBothCounted() {
    float[] weights = new float[ROWS];
    Random random = new Random(3);
    for (int i = 0; i < ROWS; i++) {
      weights[i] = random.nextBoolean() ? 1 : 1e6f;
    }
    assertAsInDouble(weights, 1e-11);
  }

  @Test
  void aClassAMillionTimesLighterThanTheOtherIsCounted() {
    float[] weights = new float[ROWS];
    for (int i = 0; i < ROWS; i++) {
      weights[i] = sample.labels[i] == 1 ? 1.1e-6f : 1;
    }
    assertAsInDouble(weights, 1e-9);
  }

  @Test
  void aClassOfWeightZeroIsNotTakenForALabelThatNoRowHas() {
    float[] weights = new float[ROWS];
    for (int i = 0; i < ROWS; i++) {
      weights[i] = sample.labels[i];
    }
    assertThat(report(weights).warnings())
        .containsExactly(
            "all rows of label 0 have weight 0, so auc, pr_auc and normalized_entropy are not"
                + " defined");
  }
}

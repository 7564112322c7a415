package io.destine.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ThresholdSumsTest {
  private static ThresholdSums of(double[] logits, float[] labels, float[] weights) {
    ThresholdSums sums = new ThresholdSums();
    sums.add(logits, labels, weights);
    return sums;
  }

  /** Rows whose log odds are those of two unit normals {@code distance} apart. */
  private static void draw(Random random, double distance, double[] logits, float[] labels) {
    for (int i = 0; i < logits.length; i++) {
      labels[i] = random.nextInt(3) == 0 ? 1 : 0;
      logits[i] = random.nextGaussian() + (labels[i] == 1 ? distance : 0) - 1;
    }
  }

  /** Share of pairs ranked right, ties half, one pair at a time. */
  private static double pairs(double[] logits, float[] labels, float[] weights) {
    double right = 0;
    double all = 0;
    for (int i = 0; i < logits.length; i++) {
      for (int j = 0; j < logits.length; j++) {
        if (labels[i] == 1 && labels[j] == 0) {
          double weight = weights == null ? 1 : (double) weights[i] * weights[j];
          all += weight;
          right += weight * (logits[i] > logits[j] ? 1 : logits[i] == logits[j] ? 0.5 : 0);
        }
      }
    }
    return right / all;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void theAreaUnderTheCurveIsTheAucOfLogitsRoundedDownToBins(long seed) {
    Random random = new Random(seed);
    double[] logits = new double[400];
    float[] labels = new float[400];
    draw(random, 1, logits, labels);
    float[] weights = new float[400];
    for (int i = 0; i < 400; i++) {
      weights[i] = random.nextInt(5) / 2f;
    }
    double[] rounded = Arrays.stream(logits).map(z -> Math.floor(z * 32)).toArray();
    for (float[] w : new float[][] {null, weights}) {
      double area = of(logits, labels, w).area().getAsDouble();
      assertThat(area).isCloseTo(pairs(rounded, labels, w), within(1e-12));
      // A bin of 1/32 holds few pairs: half of them bound the distance from the exact AUC.
      assertThat(area).isCloseTo(pairs(logits, labels, w), within(0.01));
    }
  }

  @Test
  void pointsAreCountsOfRowsFromEachThresholdUpwards() {
    double[] logits = {-2, -1, -1, 0, 0, 1.5, 3};
    float[] labels = {0, 0, 1, 0, 1, 1, 0};
    List<ThresholdPoint> points = of(logits, labels, null).points();
    assertThat(points).hasSize(5);
    for (ThresholdPoint point : points) {
      double selected = 0;
      double positive = 0;
      for (int i = 0; i < 7; i++) {
        if (Logits.probability(logits[i]) >= point.threshold()) {
          selected++;
          positive += labels[i];
        }
      }
      assertThat(point.selected()).isEqualTo(selected / 7);
      assertThat(point.recall()).isEqualTo(positive / 3);
      assertThat(point.falsePositiveRate()).isEqualTo((selected - positive) / 4);
      assertThat(point.precision()).isEqualTo(positive / selected);
    }
    assertThat(points.stream().map(ThresholdPoint::threshold)).contains(0.5);
    assertThat(points.get(4).selected()).isEqualTo(1);
  }

  /** DeLong, DeLong and Clarke-Pearson (1988), by its definition over pairs. */
  @Test
  void theErrorOfAucIsThatOfDeLong() {
    double[] logits = new double[300];
    float[] labels = new float[300];
    draw(new Random(7), 1, logits, labels);
    double[] rounded = Arrays.stream(logits).map(z -> Math.floor(z * 32)).toArray();
    double auc = pairs(rounded, labels, null);
    double[] sum = new double[2];
    double[] count = new double[2];
    for (int side = 0; side < 2; side++) {
      for (int i = 0; i < 300; i++) {
        if (labels[i] == side) {
          count[side]++;
          double right = 0;
          double all = 0;
          for (int j = 0; j < 300; j++) {
            if (labels[j] != side) {
              double sign = Math.signum(rounded[i] - rounded[j]) * (side == 1 ? 1 : -1);
              right += (1 + sign) / 2;
              all++;
            }
          }
          sum[side] += Math.pow(right / all - auc, 2);
        }
      }
    }
    double variance = sum[0] / count[0] / (count[0] - 1) + sum[1] / count[1] / (count[1] - 1);
    assertThat(of(logits, labels, null).aucError().getAsDouble())
        .isCloseTo(Math.sqrt(variance), within(1e-12));
  }

  @Test
  void theErrorOfLogLossIsThatOfAMean() {
    double[] logits = new double[500];
    float[] labels = new float[500];
    draw(new Random(3), 1, logits, labels);
    double[] losses = new double[500];
    Arrays.setAll(losses, i -> Math.log1p(Math.exp(labels[i] == 1 ? -logits[i] : logits[i])));
    double mean = Arrays.stream(losses).average().orElseThrow();
    double squares = Arrays.stream(losses).map(l -> (l - mean) * (l - mean)).sum();
    assertThat(of(logits, labels, null).logLossError().getAsDouble())
        .isCloseTo(Math.sqrt(squares / 499 / 500), within(1e-8));
  }

  /** Doubling all weights adds no information, so standard errors stay the same. */
  @Test
  void errorsDoNotShrinkWhenAllWeightsGrow() {
    double[] logits = new double[200];
    float[] labels = new float[200];
    draw(new Random(9), 1, logits, labels);
    float[] twos = new float[200];
    Arrays.fill(twos, 2);
    ThresholdSums ones = of(logits, labels, null);
    ThresholdSums doubled = of(logits, labels, twos);
    assertThat(doubled.aucError().getAsDouble())
        .isCloseTo(ones.aucError().getAsDouble(), within(1e-12));
    assertThat(doubled.logLossError().getAsDouble())
        .isCloseTo(ones.logLossError().getAsDouble(), within(1e-8));
  }

  /**
   * The 95 % intervals of 400 samples contain the true value in 380 cases, +- 3 standard deviations
   * of 4.4.
   */
  @Test
  void intervalsHoldTheTruthAsOftenAsTheySay() {
    Random random = new Random(11);
    double[] many = new double[400_000];
    float[] labelsOfMany = new float[400_000];
    draw(random, 1, many, labelsOfMany);
    EvaluationReport truth = EvaluationReport.of(many, labelsOfMany, null, null);
    int auc = 0;
    int loss = 0;
    for (int sample = 0; sample < 400; sample++) {
      double[] logits = new double[600];
      float[] labels = new float[600];
      draw(random, 1, logits, labels);
      DetailedReport report = DetailedReport.of(logits, labels, null, null);
      auc += holds(report.auc().orElseThrow(), truth.auc().getAsDouble());
      loss += holds(report.logLoss().orElseThrow(), truth.logLoss().getAsDouble());
    }
    assertThat(auc).isBetween(366, 394);
    assertThat(loss).isBetween(366, 394);
  }

  private static int holds(Interval interval, double value) {
    return interval.low() <= value && value <= interval.high() ? 1 : 0;
  }

  @Test
  void mergesGiveTheSameSumsInAnyOrder() {
    Random random = new Random(5);
    double[] logits = new double[90];
    float[] labels = new float[90];
    draw(random, 2, logits, labels);
    float[] weights = new float[90];
    for (int i = 0; i < 90; i++) {
      weights[i] = random.nextFloat() * 3;
    }
    ThresholdSums whole = of(logits, labels, weights);
    ThresholdSums merged = new ThresholdSums();
    for (int from : new int[] {60, 0, 30}) {
      merged.merge(
          of(
              Arrays.copyOfRange(logits, from, from + 30),
              Arrays.copyOfRange(labels, from, from + 30),
              Arrays.copyOfRange(weights, from, from + 30)));
    }
    assertThat(merged).isEqualTo(whole).hasSameHashCodeAs(whole);
  }

  @Test
  void whatRowsDoNotDefineIsAbsent() {
    ThresholdSums none = new ThresholdSums();
    assertThat(none.points()).isEmpty();
    assertThat(none.area()).isEmpty();
    assertThat(none.aucError()).isEmpty();
    assertThat(none.logLossError()).isEmpty();
    ThresholdSums one = of(new double[] {1}, new float[] {1}, null);
    assertThat(one.points()).isEmpty();
    assertThat(one.logLossError()).isEmpty();
    ThresholdSums perfect = of(new double[] {-1, -1, 1, 1}, new float[] {0, 0, 1, 1}, null);
    assertThat(perfect.area()).hasValue(1);
    assertThat(perfect.aucError()).isEmpty();
    assertThat(perfect.logLossError()).isEmpty();
    ThresholdSums far = of(new double[] {-1e300, 1e300}, new float[] {1, 0}, null);
    assertThat(far.area()).hasValue(0);
    assertThat(far.points().get(1).threshold()).isZero();
  }

  @Test
  void aModelIsWorseThanGuessingWhenTheBaseRateAloneHasTheLowerLoss() {
    float[] labels = {1, 0, 0, 0};
    double base = Math.log(1.0 / 3);
    double[] guess = {base, base, base, base};
    double[] wrong = {-3, 3, 0, 0};
    assertThat(EvaluationReport.of(wrong, labels, null, null).warnings())
        .singleElement()
        .asString()
        .startsWith(
            "the model is worse than guessing: always predicting the share of positives, 0.2500,"
                + " has a lower log loss (normalized entropy ");
    double[] right = {2, -2, -2, -2};
    assertThat(EvaluationReport.of(right, labels, null, null).warnings()).isEmpty();
    assertThat(EvaluationReport.of(guess, labels, null, null).normalizedEntropy().getAsDouble())
        .isCloseTo(1, within(1e-9));
  }

  @Test
  void theTableOfThresholdsHoldsTheHighestF1OnceAndSharesOfRows() {
    double[] logits = new double[5_000];
    float[] labels = new float[5_000];
    draw(new Random(1), 1.5, logits, labels);
    DetailedReport report = DetailedReport.of(logits, labels, null, null);
    List<DetailedReport.Threshold> table = report.thresholds();
    double best =
        report.sums().points().stream().mapToDouble(ThresholdPoint::f1).max().orElseThrow();
    assertThat(table.stream().filter(t -> t.point().f1() == best)).hasSize(1);
    assertThat(table).extracting(DetailedReport.Threshold::reason).contains("about 10% of rows");
    table.stream()
        .filter(t -> t.reason().equals("about 10% of rows"))
        .forEach(t -> assertThat(t.point().selected()).isCloseTo(0.1, within(0.02)));
    assertThat(table)
        .isSortedAccordingTo(
            (a, b) -> Double.compare(b.point().threshold(), a.point().threshold()));
    assertThat(report.toJson().path("curve").size()).isBetween(50, 260);
  }
}

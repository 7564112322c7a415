package io.destine.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LossDifferenceTest {
  private static final double QUANTILE = 1.959963984540054;

  private static LossDifference of(double[] a, double[] b, float[] labels, float[] weights) {
    LossDifference difference = new LossDifference();
    difference.add(a, b, labels, weights);
    return difference;
  }

  /** Rows labelled by a teacher, and the logits of two students with independent errors. */
  private static double[][] draw(Random random, int rows, double mistakes, float[] labels) {
    double[][] logits = new double[2][rows];
    for (int i = 0; i < rows; i++) {
      double truth = 1.5 * random.nextGaussian() - 1;
      labels[i] = random.nextDouble() < 1 / (1 + Math.exp(-truth)) ? 1 : 0;
      logits[0][i] = truth + mistakes * random.nextGaussian();
      logits[1][i] = truth + mistakes * random.nextGaussian();
    }
    return logits;
  }

  private static double loss(double logit, float label) {
    return label == 1 ? Math.log1p(Math.exp(-logit)) : Math.log1p(Math.exp(logit));
  }

  @Test
  void meanAndErrorAreThoseOfADirectComputationInDouble() {
    int n = 3_000;
    float[] labels = new float[n];
    Random random = new Random(5);
    double[][] z = draw(random, n, 0.3, labels);
    float[] drawn = new float[n];
    for (int i = 0; i < n; i++) {
      drawn[i] = random.nextInt(9) == 0 ? 0 : random.nextFloat() * 40;
    }
    for (float[] weights : new float[][] {null, drawn}) {
      double total = 0;
      double squared = 0;
      double mean = 0;
      for (int i = 0; i < n; i++) {
        double w = weights == null ? 1 : weights[i];
        total += w;
        squared += w * w;
        mean += w * (loss(z[0][i], labels[i]) - loss(z[1][i], labels[i]));
      }
      mean /= total;
      double sum = 0;
      for (int i = 0; i < n; i++) {
        double w = weights == null ? 1 : weights[i];
        sum += Math.pow(w * (loss(z[0][i], labels[i]) - loss(z[1][i], labels[i]) - mean), 2);
      }
      double effective = total * total / squared;
      double error = Math.sqrt(sum / (total * total) * effective / (effective - 1));
      LossDifference found = of(z[0], z[1], labels, weights);
      assertThat(found.rows()).isEqualTo(n);
      assertThat(found.mean().getAsDouble()).isCloseTo(mean, within(1e-14));
      assertThat(found.standardError().getAsDouble()).isCloseTo(error, within(1e-12 * error));
      Interval interval = found.interval().orElseThrow();
      assertThat(interval.low()).isCloseTo(mean - QUANTILE * error, within(1e-12));
      assertThat(interval.high()).isCloseTo(mean + QUANTILE * error, within(1e-12));
    }
  }

  @Test
  void partsInAnyOrderGiveTheBitsOfTheWhole() {
    int n = 900;
    float[] labels = new float[n];
    Random random = new Random(6);
    double[][] z = draw(random, n, 1, labels);
    float[] weights = new float[n];
    for (int i = 0; i < n; i++) {
      weights[i] = (float) Math.exp(12 * random.nextGaussian());
    }
    LossDifference whole = of(z[0], z[1], labels, weights);
    LossDifference merged = new LossDifference();
    for (int from : new int[] {600, 0, 750, 300}) {
      int to = from == 600 ? 750 : from == 750 ? 900 : from + 300;
      merged.merge(
          of(
              Arrays.copyOfRange(z[0], from, to),
              Arrays.copyOfRange(z[1], from, to),
              Arrays.copyOfRange(labels, from, to),
              Arrays.copyOfRange(weights, from, to)));
    }
    assertThat(merged.rows()).isEqualTo(n);
    assertThat(merged.mean()).isEqualTo(whole.mean());
    assertThat(merged.interval()).isEqualTo(whole.interval()).isPresent();
  }

  /**
   * The true difference of equally good students is 0: 95 % of the intervals contain it, 380 of 400
   * +- 3 * 4.4.
   */
  @Test
  void intervalsHoldTheTruthAsOftenAsTheySay() {
    Random random = new Random(8);
    int held = 0;
    for (int sample = 0; sample < 400; sample++) {
      float[] labels = new float[500];
      double[][] z = draw(random, 500, 0.5, labels);
      Interval interval = of(z[0], z[1], labels, null).interval().orElseThrow();
      held += interval.low() <= 0 && 0 <= interval.high() ? 1 : 0;
    }
    assertThat(held).isBetween(366, 394);
  }

  @Test
  void theIntervalOfADifferenceIsNarrowerThanThatOfALoss() {
    float[] labels = new float[2_000];
    double[][] z = draw(new Random(9), 2_000, 0.1, labels);
    double paired = of(z[0], z[1], labels, null).standardError().getAsDouble();
    ThresholdSums alone = new ThresholdSums();
    alone.add(z[0], labels, null);
    assertThat(paired).isLessThan(alone.logLossError().getAsDouble() / 5);
  }

  @Test
  void whatRowsDoNotDefineIsAbsent() {
    assertThat(new LossDifference().mean()).isEmpty();
    assertThat(new LossDifference().interval()).isEmpty();
    double[] one = {1, 2, 3};
    float[] labels = {1, 0, 1};
    LossDifference same = of(one, one, labels, null);
    assertThat(same.mean()).hasValue(0);
    assertThat(same.interval()).isEmpty();
    assertThat(of(new double[] {1}, new double[] {2}, new float[] {0}, null).interval()).isEmpty();
    assertThat(of(one, new double[] {2, 3, 4}, labels, new float[3]).mean()).isEmpty();
    double[] equal = {1, 1, 1};
    LossDifference shifted = of(equal, new double[] {2, 2, 2}, new float[3], null);
    assertThat(shifted.mean().getAsDouble()).isCloseTo(loss(1, 0) - loss(2, 0), within(1e-15));
    assertThat(shifted.interval()).isEmpty();
    double[] far = {1e300, -1e300};
    double[] wrong = {-1e300, 1e300};
    assertThat(of(far, wrong, new float[] {0, 0}, null).interval()).isPresent();
  }

  @Test
  void rowsThatCannotBeComparedAreRefused() {
    double[] two = {1, 2};
    float[] labels = {0, 1};
    assertThatThrownBy(() -> of(two, new double[] {1}, labels, null))
        .hasMessage("both models must have scored the same rows, got 2 and 1");
    assertThatThrownBy(() -> of(two, new double[] {1, Double.NaN}, labels, null))
        .hasMessage("row 1: logit must be finite, got NaN");
    assertThatThrownBy(() -> of(two, two, labels, new float[] {1, -1}))
        .hasMessage("row 1: weight must be >= 0, got -1.0");
    assertThatThrownBy(() -> of(two, two, new float[] {0, 2}, null))
        .hasMessage("row 1: label must be 0 or 1, got 2.0");
  }
}

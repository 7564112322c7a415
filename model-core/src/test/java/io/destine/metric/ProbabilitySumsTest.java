package io.destine.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ProbabilitySumsTest {
  @Property(tries = 100)
  void mergesAreAssociativeAndCommutativeToTheBit(
      @ForAll @IntRange(max = 300) int rows, @ForAll long seed) {
    ScoredSample s = ScoredSample.random(rows, seed);
    ScoredSample[] part = s.deal(3, seed);
    ProbabilitySums leftFirst = part[0].probabilities();
    leftFirst.merge(part[1].probabilities());
    leftFirst.merge(part[2].probabilities());
    ProbabilitySums right = part[2].probabilities();
    right.merge(part[1].probabilities());
    ProbabilitySums rightFirst = new ProbabilitySums(WeightUnit.OF_ONES);
    rightFirst.merge(right);
    rightFirst.merge(part[0].probabilities());
    assertThat(leftFirst).isEqualTo(rightFirst).isEqualTo(s.probabilities());
  }

  @Test
  void lossOfAHugeLogitIsItsMarginAndNeverInfinite() {
    assertThat(Logits.loss(-800, true)).isEqualTo(800);
    assertThat(Logits.loss(800, true)).isEqualTo(0);
    assertThat(sums(new double[] {1e300, 0}, 0, 1).logLoss().getAsDouble()).isFinite();
  }

  @Test
  void lossIsMinusTheLogOfTheProbabilityOfTheLabel() {
    for (double z = -20; z <= 20; z += 0.37) {
      double p = 1 / (1 + Math.exp(-z));
      assertThat(Logits.probability(z)).isCloseTo(p, within(1e-15));
      assertThat(Logits.loss(z, true)).isCloseTo(-Math.log(p), within(1e-12));
      assertThat(Logits.loss(z, false)).isCloseTo(z - Math.log(p), within(1e-12));
    }
  }

  @Test
  void theBaseRateAsPredictionHasNormalizedEntropyAndCalibrationOne() {
    double logit = Math.log(0.25 / 0.75);
    ProbabilitySums sums = sums(new double[] {logit, logit, logit, logit}, 1, 0, 0, 0);
    assertThat(sums.normalizedEntropy().getAsDouble()).isCloseTo(1, within(1e-11));
    assertThat(sums.calibration().getAsDouble()).isCloseTo(1, within(1e-11));
    assertThat(sums.ece().getAsDouble()).isCloseTo(0, within(1e-11));
    assertThat(sums.constant()).isTrue();
  }

  @Test
  void theReliabilityTableHoldsEachRowInTheBinOfItsProbability() {
    double edge = 0; // probability 0.5, the lower bound of bin 10
    ProbabilitySums sums = sums(new double[] {edge, 50, -50}, 1, 1, 0);
    assertThat(sums.reliability()).hasSize(ProbabilitySums.BINS);
    assertThat(sums.reliability().get(10).rows()).isEqualTo(1);
    assertThat(sums.reliability().get(10).meanPrediction()).isEqualTo(0.5);
    assertThat(sums.reliability().get(10).positiveRate()).isEqualTo(1);
    assertThat(sums.reliability().get(19).rows()).isEqualTo(1);
    assertThat(sums.reliability().get(0).rows()).isEqualTo(1);
    assertThat(sums.reliability().get(0).positiveRate()).isEqualTo(0);
  }

  @Test
  void normalizedEntropyIsFiniteWhenOneClassHasNextToNoWeight() {
    ProbabilitySums sums = new ProbabilitySums(WeightUnit.OF_ONES);
    sums.add(new double[2], new float[] {1, 0}, new float[] {0x1p39f, 0x1p-20f});
    assertThat(sums.normalizedEntropy().getAsDouble()).isFinite().isPositive();
  }

  private static ProbabilitySums sums(double[] logits, float... labels) {
    ProbabilitySums sums = new ProbabilitySums(WeightUnit.OF_ONES);
    sums.add(logits, labels, null);
    return sums;
  }
}

package io.destine.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Masks drop the given share, keep the expectation, and are functions of their coordinates. */
class DropoutMaskTest {
  private static final int ROWS = 500;
  private static final int WIDTH = 200;
  private static final double N = (double) ROWS * WIDTH;

  /** Factors of the elements of a row in layer 1. */
  private static float[] factors(DropoutMask mask, long row, int layer) {
    float[] factors = new float[WIDTH];
    CounterRandom stream = mask.stream(row, layer);
    for (int i = 0; i < WIDTH; i++) {
      factors[i] = mask.factor(stream, i);
    }
    return factors;
  }

  private static DropoutMask mask(long seed, int epoch, double rate) {
    return new DropoutMask(seed, Purpose.DEEP_DROPOUT, epoch, rate);
  }

  /** Bounds are five standard deviations of n draws. */
  @ParameterizedTest
  @ValueSource(doubles = {0.1, 0.3, 0.5, 0.9})
  void theRateIsDroppedAndTheExpectationStays(double rate) {
    int dropped = 0;
    double sum = 0;
    for (int row = 0; row < ROWS; row++) {
      for (float factor : factors(mask(3, 1, rate), row, 1)) {
        assertThat(factor).isIn(0f, (float) (1 / (1 - rate)));
        dropped += factor == 0 ? 1 : 0;
        sum += factor;
      }
    }
    double deviation = Math.sqrt(rate * (1 - rate) / N);
    assertThat(dropped / N).isCloseTo(rate, within(5 * deviation));
    assertThat(sum / N).isCloseTo(1, within(5 * deviation / (1 - rate)));
  }

  @Test
  void aRateOfZeroKeepsEverything() {
    assertThat(factors(mask(3, 1, 0), 0, 0)).containsOnly(1f);
  }

  @Test
  void theSameCoordinatesGiveTheSameMask() {
    assertThat(factors(mask(3, 1, 0.5), 17, 1)).isEqualTo(factors(mask(3, 1, 0.5), 17, 1));
  }

  /** Independent masks of rate 1/2 agree in half of their elements: 100 of 200, deviation 7. */
  @Test
  void eachCoordinateGivesAnIndependentMask() {
    float[] one = factors(mask(3, 1, 0.5), 17, 1);
    float[][] others = {
      factors(mask(4, 1, 0.5), 17, 1),
      factors(mask(3, 2, 0.5), 17, 1),
      factors(mask(3, 1, 0.5), 18, 1),
      factors(mask(3, 1, 0.5), 17, 2),
      factors(new DropoutMask(3, Purpose.ATTENTION_DROPOUT, 1, 0.5), 17, 1),
    };
    for (float[] other : others) {
      long equal = 0;
      for (int i = 0; i < WIDTH; i++) {
        equal += one[i] == other[i] ? 1 : 0;
      }
      assertThat(equal).as(Arrays.toString(other)).isBetween(65L, 135L);
    }
  }
}

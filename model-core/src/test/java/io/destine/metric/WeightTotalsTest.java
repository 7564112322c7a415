package io.destine.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class WeightTotalsTest {
  private static float[] random(int rows, long seed) {
    Random random = new Random(seed);
    float[] weights = new float[rows];
    for (int i = 0; i < rows; i++) {
      weights[i] = random.nextInt(5) == 0 ? 0 : (float) Math.exp(12 * random.nextGaussian());
    }
    return weights;
  }

  private static WeightTotals totals(float... weights) {
    WeightTotals totals = new WeightTotals();
    totals.add(new float[weights.length], weights);
    return totals;
  }

  @Property(tries = 100)
  void theSumIsExactInAnyOrder(@ForAll @IntRange(max = 200) int rows, @ForAll long seed) {
    float[] weights = random(rows, seed);
    BigDecimal exact = BigDecimal.ZERO;
    WeightTotals merged = new WeightTotals();
    for (int i = rows - 1; i >= 0; i--) {
      exact = exact.add(new BigDecimal(weights[i]));
      merged.merge(totals(weights[i]));
    }
    WeightTotals all = totals(weights);
    assertThat(all.sum()).isCloseTo(exact.doubleValue(), within(1e-14 * exact.doubleValue()));
    assertThat(merged.sum()).isEqualTo(all.sum());
    assertThat(merged).isEqualTo(all);
    assertThat(merged.exponentOfScale()).isEqualTo(all.exponentOfScale());
  }

  @Property(tries = 100)
  void theHeaviestRowsAreBoundedFromAboveWithinAFactorOfTwo(
      @ForAll @IntRange(min = 1, max = 100) int rows,
      @ForAll @IntRange(min = 1, max = 120) int n,
      @ForAll long seed) {
    float[] weights = random(rows, seed);
    float[] sorted = weights.clone();
    Arrays.sort(sorted);
    double sum = 0;
    for (int i = rows - 1; i >= Math.max(0, rows - n); i--) {
      sum += sorted[i];
    }
    assertThat(totals(weights).heaviest(n)).isBetween(sum * (1 - 1e-12), 2 * sum);
  }

  @Property(tries = 50)
  void weightsTimesAPowerOfTwoAreScaledToTheSameNumbers(
      @ForAll @IntRange(min = 1, max = 50) int rows,
      @ForAll @IntRange(min = -30, max = 30) int power,
      @ForAll long seed) {
    float[] weights = random(rows, seed);
    float[] multiplied = new float[rows];
    for (int i = 0; i < rows; i++) {
      multiplied[i] = Math.scalb(weights[i], power);
    }
    WeightTotals one = totals(weights);
    WeightTotals other = totals(multiplied);
    if (one.weightedRows() > 0) {
      assertThat(other.exponentOfScale()).isEqualTo(one.exponentOfScale() - power);
      assertThat(WeightUnit.of(other).exponent()).isEqualTo(WeightUnit.of(one).exponent() + power);
    }
  }

  @Test
  void weightsOfOneAreLeftAlone() {
    WeightTotals ones = totals(1, 1, 0, 1);
    assertThat(ones.mean()).isEqualTo(1);
    assertThat(ones.exponentOfScale()).isZero();
    assertThat(ones.heaviest(2)).isEqualTo(2);
  }
}

package io.destine.spark.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.destine.metric.Logits;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Statistics of probabilities, compared with those computed from the sorted rows. */
class ScoreDistributionTest {
  private static ScoreDistribution of(double... logits) {
    ScoreDistribution scores = new ScoreDistribution();
    for (double logit : logits) {
      scores.add(logit, Logits.probability(logit));
    }
    return scores;
  }

  private static double[] logits(int rows, double mean, double spread, long seed) {
    Random random = new Random(seed);
    return random.doubles(rows).map(u -> mean + spread * random.nextGaussian()).toArray();
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "-4, 1.5", "-9, 0.01", "0, 30", "3, 0.2", "-40, 1", "40, 1"})
  void quantilesAreThoseOfTheSortedRowsWithinTheStatedError(double mean, double spread) {
    for (int rows : new int[] {1, 2, 3, 99, 100, 101, 20_000}) {
      double[] logits = logits(rows, mean, spread, rows);
      double[] sorted = Arrays.stream(logits).map(Logits::probability).sorted().toArray();
      ScoreDistribution scores = of(logits);
      for (double share : ScoreDistribution.QUANTILES) {
        int rank = Math.max(1, (int) Math.ceil(share * rows));
        assertThat(scores.quantile(share))
            .as("%d rows, %s", rows, share)
            .isCloseTo(sorted[rank - 1], within(ScoreDistribution.QUANTILE_ERROR))
            .isBetween(sorted[0], sorted[rows - 1]);
      }
      assertThat(scores.min()).isEqualTo(sorted[0]);
      assertThat(scores.max()).isEqualTo(sorted[rows - 1]);
    }
  }

  @Test
  void meanAndStandardDeviationAreThoseOfTheirDefinition() {
    double[] logits = logits(10_000, -3, 1, 7);
    double[] p = Arrays.stream(logits).map(Logits::probability).toArray();
    double mean = Arrays.stream(p).sum() / p.length;
    double variance = Arrays.stream(p).map(x -> (x - mean) * (x - mean)).sum() / p.length;
    assertThat(of(logits).mean()).isCloseTo(mean, within(1e-13));
    assertThat(of(logits).standardDeviation()).isCloseTo(Math.sqrt(variance), within(1e-12));
  }

  /** To the bit, as JSON shows it. */
  @Test
  void anyPartitioningGivesTheSameFigures() {
    double[] logits = logits(5_000, -2, 2, 3);
    String whole = of(logits).toJson().toString();
    Random random = new Random(1);
    for (int n = 0; n < 20; n++) {
      ScoreDistribution merged = new ScoreDistribution();
      int from = 0;
      while (from < logits.length) {
        int to = Math.min(logits.length, from + random.nextInt(900));
        ScoreDistribution part = of(Arrays.copyOfRange(logits, from, to));
        if (random.nextBoolean()) {
          part.merge(merged);
          merged = part;
        } else {
          merged.merge(part);
        }
        from = to;
      }
      assertThat(merged.toJson()).hasToString(whole);
    }
  }

  @Test
  void equalRowsHaveNoDeviationAndTheirOwnQuantiles() {
    ScoreDistribution scores = of(-1.2345, -1.2345, -1.2345);
    assertThat(scores.standardDeviation()).isZero();
    assertThat(scores.quantile(0.5)).isEqualTo(Logits.probability(-1.2345));
  }

  @Test
  void withoutRowsThereAreNoFigures() {
    ScoreDistribution none = of();
    assertThat(none.toJson()).isEmpty();
    assertThat(none.mean()).isNaN();
    assertThat(none.standardDeviation()).isNaN();
    assertThat(none.quantile(0.5)).isNaN();
  }
}

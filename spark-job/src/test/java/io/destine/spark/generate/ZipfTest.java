package io.destine.spark.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ZipfTest {
  private static final int DRAWS = 1_000_000;

  /**
   * F of the class comment, computed numerically: the integral of x^-s from 1 to x divided by that
   * from 1 to n + 1.
   */
  private static double share(int n, double s, double from, double to) {
    return integral(s, from, to) / integral(s, 1, n + 1.0);
  }

  /** Simpson's rule in ln x, where the integrand x^(1-s) is smooth. */
  private static double integral(double s, double from, double to) {
    int steps = 2_000;
    double h = Math.log(to / from) / steps;
    double sum = 0;
    for (int i = 0; i <= steps; i++) {
      double weight = i == 0 || i == steps ? 1 : i % 2 == 1 ? 4 : 2;
      sum += weight * Math.exp((1 - s) * (Math.log(from) + i * h));
    }
    return sum * h / 3;
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.5, 0.75, 1, 1.3, 2})
  void ranksHaveTheSharesOfTheBoundedLaw(double s) {
    int n = 50;
    Zipf zipf = new Zipf(n, s);
    int[] counts = new int[n + 1];
    for (int i = 0; i < DRAWS; i++) {
      counts[zipf.rank((i + 0.5) / DRAWS)]++;
    }
    for (int k = 1; k <= n; k++) {
      assertThat(counts[k] / (double) DRAWS)
          .as("rank %d", k)
          .isCloseTo(share(n, s, k, k + 1.0), within(3.0 / DRAWS));
    }
  }

  @Test
  void theEndsOfTheUnitIntervalAreTheFirstAndTheLastRank() {
    for (double s : new double[] {0, 0.75, 1, 1.05, 3}) {
      Zipf zipf = new Zipf(10_000_000, s);
      assertThat(zipf.rank(0)).isEqualTo(1);
      assertThat(zipf.rank(Math.nextDown(1.0))).as("s = %s", s).isLessThanOrEqualTo(10_000_000);
    }
    assertThat(new Zipf(Integer.MAX_VALUE, 0).rank(Math.nextDown(1.0)))
        .isEqualTo(Integer.MAX_VALUE);
    assertThat(new Zipf(1, 1.05).rank(0.999)).isEqualTo(1);
  }

  @Test
  void noRanksOrANegativeExponentAreRefused() {
    assertThatThrownBy(() -> new Zipf(0, 1)).hasMessageContaining("n must be at least 1");
    assertThatThrownBy(() -> new Zipf(3, -1)).hasMessageContaining("s at least 0");
    assertThatThrownBy(() -> new Zipf(3, Double.NaN)).hasMessageContaining("s = NaN");
  }
}

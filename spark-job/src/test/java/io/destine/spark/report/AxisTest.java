package io.destine.spark.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AxisTest {
  @ParameterizedTest
  @CsvSource({
    "0, 1, 0.0 0.5 1.0",
    "0.1, 0.3, 0.10 0.15 0.20 0.25 0.30",
    "0.451, 0.479, 0.45 0.46 0.47 0.48",
    "-3, 5, −4 −2 0 2 4 6",
    "12000, 47000, 10000 20000 30000 40000 50000",
    "0, 2e9, 0.0e+00 5.0e+08 1.0e+09 1.5e+09 2.0e+09",
  })
  void ticksAreMultiplesOfOneTwoOrFive(double min, double max, String labels) {
    Axis axis = Axis.around(min, max, 4);
    assertThat(axis.ticks().stream().map(axis::label)).containsExactly(labels.split(" "));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "5, 5",
    "-7, -7",
    "1e-12, 1e-12",
    "-1.7e308, 1.7e308",
    "1e300, 1e300",
    "0.3, 0.30000000000000004"
  })
  void anyFiniteRangeHasAFewTicksAroundIt(double min, double max) {
    Axis axis = Axis.around(min, max, 4);
    assertThat(axis.ticks()).hasSizeBetween(2, 7).isSorted().doesNotHaveDuplicates();
    assertThat(axis.position(Math.max(min, -1e300), 0, 1)).isBetween(-1e-9, 1 + 1e-9);
    assertThat(axis.position(Math.min(max, 1e300), 0, 1)).isBetween(-1e-9, 1 + 1e-9);
  }

  @Test
  void positionsAreLinearBetweenTheEnds() {
    Axis axis = Axis.around(0, 8, 4);
    assertThat(axis.position(0, 100, 20)).isEqualTo(100);
    assertThat(axis.position(2, 100, 20)).isEqualTo(80);
    assertThat(axis.position(8, 100, 20)).isEqualTo(20);
  }
}

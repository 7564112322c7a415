package io.destine.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ArrayGrowthTest {
  @Test
  void arraysGrowByHalfUntilTheLongestAndThenSayTheirLimit() {
    assertThat(ArrayGrowth.longer(0, "full")).isEqualTo(16);
    assertThat(ArrayGrowth.longer(1000, "full")).isEqualTo(1500);
    // Half as much again is beyond 2^31.
    assertThat(ArrayGrowth.longer(1_500_000_000, "full")).isEqualTo(Integer.MAX_VALUE - 8);
    assertThatThrownBy(() -> ArrayGrowth.longer(Integer.MAX_VALUE - 8, "full"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("full");
  }
}

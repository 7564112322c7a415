package io.destine.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TreeDepthTest {
  private static int depth(int tasks, int bytes, long most) {
    return new TreeDepth(n -> bytes, most).applyAsInt(tasks);
  }

  @Test
  void fewTasksOrSmallResultsAreMergedWithoutAShuffle() {
    assertThat(depth(2, 20_000_000, 1L << 31)).isOne();
    assertThat(depth(8, 8_000_000, 1L << 31)).isOne();
    assertThat(depth(64, 100_000, 1L << 31)).isOne();
  }

  @Test
  void manyTasksWithLargeResultsGoThroughATree() {
    assertThat(depth(64, 5_000_000, 1L << 32)).isEqualTo(2);
    assertThat(depth(4000, 5_000_000, 1L << 32)).isGreaterThan(2);
  }

  /** 32 results of 50 MB are 1.6 GB: too many for a driver that takes 1 GiB. */
  @Test
  void resultsAtTheDriverStayWithinItsLimit() {
    assertThat(depth(16, 50_000_000, 1L << 31)).isOne();
    assertThat(depth(16, 50_000_000, 1L << 29)).isEqualTo(2);
  }
}

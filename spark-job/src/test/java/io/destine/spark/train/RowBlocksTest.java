package io.destine.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.spark.SharedSpark;
import io.destine.spark.UnseenFailure;
import org.junit.jupiter.api.Test;

class RowBlocksTest {
  /** The training is over, and its model may be published. */
  @Test
  void aJobThatSparkAbortsWhileMemoryIsFreedIsNoFailureOfTheTraining() {
    RowBlocks rows =
        new RowBlocks(
            UnseenFailure.ofAllJobs(SharedSpark.context()),
            new RandomRows.Reader(1, false),
            1,
            0.5);
    rows.close();
    assertThat(SharedSpark.context().sc().isStopped()).isFalse();
  }
}

package io.destine.spark.parameters;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.spark.SharedSpark;
import io.destine.spark.UnseenFailure;
import org.junit.jupiter.api.Test;

class RunReleaseTest {
  /** The run is over, and its model may be published. */
  @Test
  void aJobThatSparkAbortsIsNoFailureOfTheRun() {
    Worker worker = Worker.of("released");
    RunRelease.everywhere(UnseenFailure.ofAllJobs(SharedSpark.context()), "released");
    assertThat(Worker.of("released")).as("forgotten here").isNotSameAs(worker);
    Worker.remove("released");
  }
}

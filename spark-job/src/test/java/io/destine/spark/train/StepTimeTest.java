package io.destine.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class StepTimeTest {
  private static TaskTime task(long fetch, long gather, long compute) {
    TaskTime time = new TaskTime();
    time.add(fetch, gather, compute, 7);
    return time;
  }

  @Test
  void ofSeveralTasksThePhasesOfTheSlowestAreKeptAndAllCountAsBusy() {
    TaskTime time = new TaskTime();
    time.merge(task(1, 2, 30));
    time.merge(task(5, 6, 70));
    time.merge(task(9, 1, 10));
    assertThat(time.fetch()).isEqualTo(5);
    assertThat(time.bytes()).as("of all tasks").isEqualTo(21);
    assertThat(time.gather()).isEqualTo(6);
    assertThat(time.compute()).isEqualTo(70);
    assertThat(time.busy()).isEqualTo(33 + 81 + 20);
    assertThat(time.tasks()).isEqualTo(3);
  }

  @Test
  void partitionsOfOneTaskAddUp() {
    TaskTime time = task(1, 2, 30);
    time.add(0, 3, 40, 0);
    assertThat(time.slowest()).isEqualTo(76);
    assertThat(time.tasks()).isOne();
  }

  /** 2 steps of 2 tasks in 10 ms; slowest tasks 3 ms each, all four tasks 9 ms together. */
  @Test
  void phasesAddUpAndRatesFollow() {
    long[] nanos = new long[StepPhase.values().length];
    nanos[StepPhase.COMPUTE.ordinal()] = 6_000_000;
    nanos[StepPhase.OPTIMISE.ordinal()] = 4_000_000;
    StepTime time = new StepTime(2, 200, nanos, 9_000_000, 4, 5_000, 300);
    assertThat(time.millis()).isCloseTo(5, within(1e-12));
    assertThat(time.millis(StepPhase.COMPUTE)).isCloseTo(3, within(1e-12));
    assertThat(time.rowsPerSecond()).isCloseTo(20_000, within(1e-6));
    assertThat(time.balance()).isCloseTo(0.75, within(1e-12));
    assertThat(time.json()).containsEntry("optimise_ms", 2.0).containsEntry("steps", 2L);
    assertThat(time.table()).contains("compute        3.000 ms   60.0 %").contains("20,000 rows/s");
    assertThat(time.table()).contains("2,500 bytes of parameters, 150 of gradients");
    assertThat(time.json())
        .containsEntry("fetched_bytes", 2500L)
        .containsEntry("gradient_bytes", 150L);
  }

  @Test
  void noStepsHaveNoTime() {
    StepTime none = new StepTime(0, 0, new long[StepPhase.values().length], 0, 0, 0, 0);
    assertThat(none.millis()).isZero();
    assertThat(none.rowsPerSecond()).isZero();
    assertThat(none.balance()).isOne();
  }
}

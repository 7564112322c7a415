package io.destine.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExecutorPaceTest {
  private static final List<String> THERE = List.of("1", "2");

  private static final long STEP_NANOS = 15_000_000;

  private static ExecutorPace.Sample sample(String executor, int threads, int rows, long nanos) {
    return new ExecutorPace.Sample(executor, threads, rows, nanos);
  }

  /** 200 rows in 10 ms by two threads against 50 in 10 ms by one: 10,000 against 5,000 a second. */
  @Test
  void theSpeedIsThatOfACoreDividedByTheMean() {
    ExecutorPace pace = new ExecutorPace();
    for (int step = 0; step < 40; step++) {
      pace.add(
          List.of(sample("1", 2, 200, 10_000_000), sample("2", 1, 50, 10_000_000)), STEP_NANOS);
    }
    Map<String, Double> relative = pace.relative(THERE);
    assertThat(relative.get("1")).isCloseTo(4 / 3.0, within(1e-12));
    assertThat(relative.get("2")).isCloseTo(2 / 3.0, within(1e-12));
  }

  @Test
  void aFewStepsInWhichAMachineStandsStillChangeNothing() {
    ExecutorPace pace = new ExecutorPace();
    for (int step = 0; step < 48; step++) {
      pace.add(
          List.of(
              sample("1", 1, 100, 10_000_000),
              sample("2", 1, 100, step % 3 == 0 ? 5_000_000_000L : 10_000_000)),
          STEP_NANOS);
    }
    assertThat(pace.relative(THERE)).containsOnly(entry("1", 1.0), entry("2", 1.0));
  }

  @Test
  void theLastStepsCount() {
    ExecutorPace pace = new ExecutorPace();
    for (int step = 0; step < 200; step++) {
      long nanos = step < 150 ? 10_000_000 : 30_000_000;
      pace.add(List.of(sample("1", 1, 100, 10_000_000), sample("2", 1, 100, nanos)), STEP_NANOS);
    }
    assertThat(pace.relative(THERE).get("2")).isCloseTo(0.5, within(1e-12));
  }

  @Test
  void anExecutorOfWhichLittleIsKnownIsLeftOut() {
    ExecutorPace pace = new ExecutorPace();
    for (int step = 0; step < 40; step++) {
      pace.add(
          List.of(sample("1", 1, 100, 10_000_000), sample("3", 1, 100, 90_000_000)), STEP_NANOS);
    }
    pace.add(List.of(sample("2", 1, 100, 90_000_000), sample("1", 1, 0, 1)), STEP_NANOS);
    assertThat(pace.relative(THERE)).containsOnly(entry("1", 1.0));
  }

  /** Computations of 2 and 5 ms in a step of 11 ms do not count; in a step of 10 ms they do. */
  @Test
  void stepsThatTheNetworkBoundsDoNotCount() {
    ExecutorPace pace = new ExecutorPace();
    List<ExecutorPace.Sample> tasks =
        List.of(sample("1", 1, 100, 2_000_000), sample("2", 1, 100, 5_000_000));
    for (int step = 0; step < 40; step++) {
      pace.add(tasks, 11_000_000);
    }
    assertThat(pace.relative(THERE)).isEmpty();
    for (int step = 0; step < 40; step++) {
      pace.add(tasks, 10_000_000);
    }
    assertThat(pace.relative(THERE).get("2")).isCloseTo(4 / 7.0, within(1e-12));
  }
}

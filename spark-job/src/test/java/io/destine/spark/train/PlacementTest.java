package io.destine.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PlacementTest {
  private static Placement.Executor executor(int id, int cores) {
    return new Placement.Executor(String.valueOf(id), "host-" + id, cores);
  }

  /** Executor of each column. */
  private static String[] homes(Placement placement) {
    String[] locations = placement.locations();
    return Arrays.stream(placement.slotOfColumn())
        .mapToObj(s -> locations[s])
        .toArray(String[]::new);
  }

  private static int[] columnsOfTasks(Placement placement) {
    int[] counts = new int[placement.locations().length];
    Arrays.stream(placement.slotOfColumn()).forEach(s -> counts[s]++);
    return counts;
  }

  private static long moved(String[] before, String[] after) {
    return IntStream.range(0, before.length).filter(c -> !before[c].equals(after[c])).count();
  }

  @Test
  void eachCoreHasATaskWithItsShareOfTheColumns() {
    Placement placement = new Placement(16);
    assertThat(placement.follow(List.of(executor(0, 2), executor(1, 4)), 6)).isTrue();
    assertThat(placement.locations())
        .containsExactly(
            "executor_host-0_0",
            "executor_host-0_0",
            "executor_host-1_1",
            "executor_host-1_1",
            "executor_host-1_1",
            "executor_host-1_1");
    assertThat(columnsOfTasks(placement)).hasSize(6).containsOnly(2, 3);
    assertThat(placement.follow(List.of(executor(0, 2), executor(1, 4)), 6)).isFalse();
  }

  @Test
  void anExecutorHasOneTaskWithAThreadForEachCoreAndColumnsByItsCores() {
    Placement placement = new Placement(16);
    List<Placement.Executor> executors = List.of(executor(0, 2), executor(1, 6));
    assertThat(placement.follow(executors, Placement.ONE_PER_EXECUTOR)).isTrue();
    assertThat(placement.locations()).containsExactly("executor_host-0_0", "executor_host-1_1");
    assertThat(placement.threads()).containsExactly(2, 6);
    assertThat(columnsOfTasks(placement)).containsExactly(4, 12);
    assertThat(placement.follow(executors, Placement.ONE_PER_EXECUTOR)).isFalse();
  }

  /** A task has all cores of its executor, even when other executors have no task. */
  @Test
  void moreExecutorsThanColumnsLeaveSomeWithoutATask() {
    Placement placement = new Placement(2);
    placement.follow(
        List.of(executor(0, 4), executor(1, 4), executor(2, 4)), Placement.ONE_PER_EXECUTOR);
    assertThat(placement.locations()).containsExactly("executor_host-0_0", "executor_host-1_1");
    assertThat(placement.executors()).containsExactly("0", "1");
    assertThat(placement.threads()).containsExactly(4, 4);
    assertThat(columnsOfTasks(placement)).containsExactly(1, 1);
  }

  @Test
  void withoutExecutorsTasksRunAnywhere() {
    Placement placement = new Placement(9);
    placement.follow(List.of(), 4);
    assertThat(placement.locations()).hasSize(4).containsOnlyNulls();
    assertThat(columnsOfTasks(placement)).containsExactly(3, 2, 2, 2);
  }

  @Test
  void thereIsNoTaskWithoutAColumn() {
    Placement placement = new Placement(3);
    placement.follow(List.of(executor(0, 8)), 8);
    assertThat(columnsOfTasks(placement)).containsExactly(1, 1, 1);
  }

  @Test
  void onlyColumnsOfALostExecutorMoveAndThoseOfAReplacementMoveBack() {
    Placement placement = new Placement(64);
    placement.follow(IntStream.range(0, 4).mapToObj(id -> executor(id, 2)).toList(), 8);
    String[] before = homes(placement);
    placement.follow(List.of(executor(0, 2), executor(2, 2), executor(3, 2)), 6);
    String[] without = homes(placement);
    assertThat(moved(before, without)).isEqualTo(16);
    assertThat(columnsOfTasks(placement)).containsOnly(10, 11);
    placement.follow(List.of(executor(0, 2), executor(2, 2), executor(3, 2), executor(4, 2)), 8);
    assertThat(moved(without, homes(placement))).isEqualTo(16);
    assertThat(columnsOfTasks(placement)).containsOnly(8);
  }

  @Test
  void anExecutorThatTakesThePlaceOfAnotherGetsItsColumns() {
    Placement placement = new Placement(32);
    placement.follow(List.of(executor(0, 1), executor(1, 1)), 2);
    String[] before = homes(placement);
    placement.follow(List.of(executor(0, 1), executor(2, 1)), 2);
    assertThat(moved(before, homes(placement))).isEqualTo(16);
    assertThat(columnsOfTasks(placement)).containsExactly(16, 16);
  }

  private static Placement onTwoExecutors(int cores) {
    Placement placement = new Placement(64);
    placement.follow(List.of(executor(0, cores), executor(1, cores)), Placement.ONE_PER_EXECUTOR);
    return placement;
  }

  /** At half the speed an executor takes half as many: 43 + 21 is nearer to that than 42 + 22. */
  @Test
  void columnsMoveToTheFasterExecutor() {
    Placement placement = onTwoExecutors(4);
    String[] before = homes(placement);
    assertThat(placement.adjust(Map.of("0", 4 / 3.0, "1", 2 / 3.0))).isTrue();
    assertThat(columnsOfTasks(placement)).containsExactly(43, 21);
    assertThat(moved(before, homes(placement))).isEqualTo(11);
    assertThat(placement.adjust(Map.of("0", 1.0, "1", 1.0))).isTrue();
    assertThat(columnsOfTasks(placement)).containsExactly(32, 32);
  }

  /** A step would be shorter by a thirtieth, which does not justify reading blocks again. */
  @Test
  void columnsStayWhenLittleIsGained() {
    Placement placement = onTwoExecutors(1);
    String[] before = homes(placement);
    assertThat(placement.adjust(Map.of("0", 1.04, "1", 0.96))).isFalse();
    assertThat(homes(placement)).isEqualTo(before);
  }

  @Test
  void anExecutorThatHardlyMovesKeepsAColumnByWhichItsSpeedIsKnown() {
    Placement placement = onTwoExecutors(1);
    assertThat(placement.adjust(Map.of("0", 1.999, "1", 0.001))).isTrue();
    assertThat(columnsOfTasks(placement)).containsExactly(63, 1);
  }

  /** The speed that an executor had is remembered; the new one has the mean speed. */
  @Test
  void anExecutorThatJoinsIsTakenForOneOfMeanSpeed() {
    Placement placement = onTwoExecutors(1);
    placement.adjust(Map.of("0", 4 / 3.0, "1", 2 / 3.0));
    placement.follow(
        List.of(executor(0, 1), executor(1, 1), executor(2, 1)), Placement.ONE_PER_EXECUTOR);
    double[] speeds = {4 / 3.0, 2 / 3.0, 1};
    int[] columns = columnsOfTasks(placement);
    for (int s = 0; s < speeds.length; s++) {
      assertThat((double) columns[s]).isCloseTo(64 * speeds[s] / 3, within(1.0));
    }
  }
}

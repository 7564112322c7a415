package io.destine.spark.internals;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.spark.SharedSpark;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.junit.jupiter.api.Test;

/**
 * Fails when a version of Spark broadcasts task binaries in a way that {@link StepContext} does not
 * override.
 */
class StepContextTest {
  private static final List<Integer> NUMBERS = IntStream.range(0, 8).boxed().toList();

  /** More than a task carries along. */
  private static final int MUCH = 1 << 17;

  private final JavaSparkContext context = SharedSpark.context();

  private void add() {
    assertThat(context.parallelize(NUMBERS, 4).reduce(Integer::sum)).isEqualTo(28);
  }

  @Test
  void tasksOfSmallJobsCarryWhatTheyHaveInCommon() {
    assertThat(Broadcasts.of(context, this::add)).isEqualTo(1);
    assertThat(
            Broadcasts.of(
                context,
                () -> {
                  try (var jobs = StepContext.during(context.sc())) {
                    try (var more = StepContext.during(context.sc())) {
                      add();
                    }
                    add();
                  }
                }))
        .isZero();
    assertThat(Broadcasts.of(context, this::add)).isEqualTo(1);
  }

  @Test
  void whatIsLargeIsBroadcast() {
    int[] much = IntStream.range(0, MUCH).toArray();
    Runnable job =
        () -> {
          try (var jobs = StepContext.during(context.sc())) {
            int last = context.parallelize(NUMBERS, 4).map(n -> n + much[MUCH - 1]).first();
            assertThat(last).isEqualTo(MUCH - 1);
          }
        };
    assertThat(Broadcasts.of(context, job)).isEqualTo(1);
  }

  @Test
  void otherValuesAreBroadcast() {
    Runnable job =
        () -> {
          try (var jobs = StepContext.during(context.sc())) {
            Broadcast<int[]> one = context.broadcast(new int[] {1});
            assertThat(one.value()).containsExactly(1);
            one.destroy();
          }
        };
    assertThat(Broadcasts.of(context, job)).isEqualTo(1);
  }
}

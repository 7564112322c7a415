package io.destine.spark.internals;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.spark.SharedSpark;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.rdd.RDD;
import org.junit.jupiter.api.Test;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction2;

/**
 * Fails when a version of Spark broadcasts task binaries or cleans functions in a way that {@link
 * StepContext} does not override.
 */
class StepContextTest {
  private static final List<Integer> NUMBERS = IntStream.range(0, 8).boxed().toList();

  /** More than a task carries along. */
  private static final int MUCH = 1 << 17;

  private final JavaSparkContext context = SharedSpark.context();

  /** Adds, and counts its serializations, including those by Spark's closure cleaner. */
  private static final class Counted extends AbstractFunction2<Integer, Integer, Integer>
      implements Serializable {
    private static final long serialVersionUID = 1;
    private static final AtomicInteger WRITTEN = new AtomicInteger();

    @Override
    public Integer apply(Integer sum, Integer number) {
      return sum + number;
    }

    private void writeObject(ObjectOutputStream out) throws IOException {
      WRITTEN.incrementAndGet();
      out.defaultWriteObject();
    }
  }

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

  /** With the cleaner, the function is serialized once more for each operation that has it. */
  @Test
  void functionsAreSerializedForTasksAlone() {
    ClassTag<Integer> integer = ClassTag$.MODULE$.apply(Integer.class);
    RDD<Integer> numbers = context.parallelize(NUMBERS, 4).rdd();
    Counted.WRITTEN.set(0);
    int sum = numbers.treeAggregate(0, new Counted(), new Add(), 1, integer);
    assertThat(sum).isEqualTo(28);
    assertThat(Counted.WRITTEN).hasValue(1);
  }

  /** Adds. */
  private static final class Add extends AbstractFunction2<Integer, Integer, Integer>
      implements Serializable {
    private static final long serialVersionUID = 1;

    @Override
    public Integer apply(Integer sum, Integer other) {
      return sum + other;
    }
  }
}

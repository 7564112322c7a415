package io.destine.spark.internals;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.spark.SharedSpark;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerBlockUpdated;
import org.apache.spark.storage.BlockId;
import org.junit.jupiter.api.Test;

/** Fails when a version of Spark gives tasks what they have in common by other methods. */
class StepContextTest {
  private static final List<Integer> NUMBERS = IntStream.range(0, 8).boxed().toList();

  /** More than a task carries along. */
  private static final int MUCH = 1 << 17;

  private final JavaSparkContext context = SharedSpark.context();

  /** Blocks of broadcasts that jobs leave behind. */
  private int broadcast(Runnable jobs) throws Exception {
    Set<BlockId> blocks = ConcurrentHashMap.newKeySet();
    SparkListener listener =
        new SparkListener() {
          @Override
          public void onBlockUpdated(SparkListenerBlockUpdated updated) {
            BlockId block = updated.blockUpdatedInfo().blockId();
            if (block.isBroadcast() && updated.blockUpdatedInfo().storageLevel().isValid()) {
              blocks.add(block);
            }
          }
        };
    SparkContext sc = context.sc();
    sc.listenerBus().waitUntilEmpty();
    sc.addSparkListener(listener);
    try {
      jobs.run();
      sc.listenerBus().waitUntilEmpty();
    } finally {
      sc.removeSparkListener(listener);
    }
    return blocks.size();
  }

  private void add() {
    assertThat(context.parallelize(NUMBERS, 4).reduce(Integer::sum)).isEqualTo(28);
  }

  @Test
  void tasksOfSmallJobsCarryWhatTheyHaveInCommon() throws Exception {
    assertThat(broadcast(this::add)).isEqualTo(1);
    assertThat(
            broadcast(
                () -> {
                  try (var jobs = StepContext.during(context.sc())) {
                    try (var more = StepContext.during(context.sc())) {
                      add();
                    }
                    add();
                  }
                }))
        .isZero();
    assertThat(broadcast(this::add)).isEqualTo(1);
  }

  @Test
  void whatIsLargeIsBroadcast() throws Exception {
    int[] much = IntStream.range(0, MUCH).toArray();
    Runnable job =
        () -> {
          try (var jobs = StepContext.during(context.sc())) {
            int last = context.parallelize(NUMBERS, 4).map(n -> n + much[MUCH - 1]).first();
            assertThat(last).isEqualTo(MUCH - 1);
          }
        };
    assertThat(broadcast(job)).isEqualTo(1);
  }

  @Test
  void otherValuesAreBroadcast() throws Exception {
    Runnable job =
        () -> {
          try (var jobs = StepContext.during(context.sc())) {
            Broadcast<int[]> one = context.broadcast(new int[] {1});
            assertThat(one.value()).containsExactly(1);
            one.destroy();
          }
        };
    assertThat(broadcast(job)).isEqualTo(1);
  }
}

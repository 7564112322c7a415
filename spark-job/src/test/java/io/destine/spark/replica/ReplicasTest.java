package io.destine.spark.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.config.ModelConfig;
import io.destine.config.Precision;
import io.destine.feature.FieldLayout;
import io.destine.param.ParameterLayout;
import io.destine.param.Parameters;
import io.destine.spark.SharedSpark;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.spark.storage.BlockId;
import org.apache.spark.storage.BroadcastBlockId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReplicasTest {
  private static final int ROWS = 1000;
  private static final ParameterLayout LAYOUT =
      ParameterLayout.of(
          ModelConfig.builder().embeddingDim(3).layers(1).wide(true).build(), FieldLayout.ofIds(2));

  private final Parameters driver = initial();

  @AfterEach
  void forget() {
    Replicas.remove("early");
    Replicas.remove("late");
  }

  private static Parameters initial() {
    return Parameters.initial(LAYOUT, Precision.FLOAT32, ROWS, 3);
  }

  private ReplicaPublisher publisher(String run) {
    return new ReplicaPublisher(SharedSpark.context(), run, driver, ReplicasTest::initial, false);
  }

  /** Changes a few rows and all dense numbers, as a step does, and returns the rows. */
  private int[] move(int step) {
    int[] ids = {step % ROWS, (7 * step + 1) % ROWS};
    for (int id : ids) {
      driver.embedding().write(id, new double[] {step, step + 0.25f, -step}, 0);
      driver.wide().write(id, new double[] {step + 0.5f}, 0);
    }
    for (int i = 0; i < driver.dense().length; i++) {
      driver.dense()[i] = step + 0.125f * i;
    }
    return ids;
  }

  private void assertSame(Parameters replica) {
    assertThat(replica).isNotSameAs(driver);
    assertThat(replica.dense()).isEqualTo(driver.dense());
    double[] found = new double[3];
    double[] expected = new double[3];
    for (int id = 0; id < ROWS; id++) {
      replica.embedding().read(id, found, 0);
      driver.embedding().read(id, expected, 0);
      assertThat(found).as("row " + id).isEqualTo(expected);
      replica.wide().read(id, found, 0);
      driver.wide().read(id, expected, 0);
      assertThat(found[0]).isEqualTo(expected[0]);
    }
  }

  private static ReplicaHandle as(String run, ReplicaHandle handle) {
    return new ReplicaHandle(
        run, handle.base(), handle.version(), handle.combined(), handle.recent());
  }

  /** "late" looks in now and then, after gaps of up to 50 steps; "new" comes in the end. */
  @Test
  void aReplicaThatFollowsAndThoseThatComeLateEqualTheDriver() {
    try (ReplicaPublisher publisher = publisher("early")) {
      for (int step = 1; step <= 300; step++) {
        publisher.publish(move(step));
        assertThat(Replicas.at(publisher.handle()).rows()).isEqualTo(ROWS);
        if (step % 50 == 0 || step % 7 == 0 || step < 3) {
          assertSame(Replicas.at(publisher.handle()));
          assertSame(Replicas.at(as("late", publisher.handle())));
        }
      }
      ReplicaHandle now = publisher.handle();
      assertThat(now.version()).isEqualTo(300);
      assertThat(now.recent()).hasSizeBetween(1, 2 * ReplicaPublisher.RECENT);
      assertThat(now.combined()).hasSizeLessThan(12);
      Replicas.remove("early");
      assertSame(Replicas.at(now));
    }
  }

  /** Every row's value is also written when all rows have moved. */
  @Test
  void aVersionInWhichAllRowsMovedIsFollowedToo() {
    try (ReplicaPublisher publisher = publisher("early")) {
      publisher.publish(move(1));
      assertSame(Replicas.at(publisher.handle()));
      for (int step = 2; step < 500; step++) {
        move(step);
      }
      publisher.publishAll();
      assertSame(Replicas.at(publisher.handle()));
      publisher.publish(move(500));
      assertSame(Replicas.at(publisher.handle()));
      assertSame(Replicas.at(as("late", publisher.handle())));
    }
  }

  /**
   * 4,096 steps of 2 rows out of 100,000, 8,192 rows in all. A row is published with its step, in a
   * combined span of 16 rows, and again each time this span doubles, which is 9 times.
   */
  @Test
  void whatAStepPublishesStaysInProportionToItsRows() {
    int vocabulary = 100_000;
    Parameters large = Parameters.initial(LAYOUT, Precision.FLOAT32, vocabulary, 3);
    try (ReplicaPublisher publisher =
        new ReplicaPublisher(SharedSpark.context(), "early", large, ReplicasTest::initial, false)) {
      long perDelta = ParameterDelta.of(large, new int[] {0, 1}, true).bytes();
      long perSpan = ParameterDelta.of(large, new int[0], true).bytes();
      int steps = 4096;
      for (int step = 0; step < steps; step++) {
        publisher.publish(new int[] {2 * step, 2 * step + 1});
      }
      long rows = 2L * steps * (perDelta - perSpan) / 2;
      long dense = perSpan * (steps + steps / ReplicaPublisher.RECENT);
      assertThat(publisher.publishedBytes()).isLessThanOrEqualTo(dense + 11 * rows);
      assertThat(publisher.handle().combined()).hasSizeLessThan(11);
    }
  }

  @Test
  void aJvmKeepsTheRunsItUsedLast() {
    RunCache<Object> cache = new RunCache<>(2);
    Object shared = new Object();
    cache.put("shared", shared);
    Object a = cache.get("a", Object::new);
    Object b = cache.get("b", Object::new);
    assertThat(cache.get("a", Object::new)).isSameAs(a);
    cache.get("c", Object::new);
    assertThat(cache.get("a", Object::new)).isSameAs(a);
    assertThat(cache.get("b", Object::new)).isNotSameAs(b);
    assertThat(cache.get("shared", Object::new)).isSameAs(shared);
  }

  @Test
  void closingMakesExecutorsForgetTheRun() {
    ReplicaHandle handle;
    Parameters replica;
    try (ReplicaPublisher publisher = publisher("early")) {
      handle = publisher.handle();
      replica = Replicas.at(handle);
    }
    try (ReplicaPublisher again = publisher("early")) {
      assertThat(Replicas.at(again.handle())).isNotSameAs(replica);
    }
  }

  @Test
  void aTaskOfAStepThatIsOverIsRefused() {
    try (ReplicaPublisher publisher = publisher("early")) {
      ReplicaHandle before = publisher.handle();
      publisher.publish(move(1));
      Replicas.at(publisher.handle());
      assertThatThrownBy(() -> Replicas.at(before))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("its step is over");
    }
  }

  @Test
  void localModeSharesTheDriversParameters() {
    try (ReplicaPublisher publisher =
        new ReplicaPublisher(SharedSpark.context(), "early", driver, ReplicasTest::initial, true)) {
      publisher.publish(move(1));
      assertThat(Replicas.at(publisher.handle())).isSameAs(driver);
      assertThat(publisher.publishedBytes()).isZero();
    }
  }

  /** Of 300 steps those broadcasts live that the current version needs, and none after the run. */
  @Test
  void broadcastsThatNobodyNeedsAreDestroyed() {
    Set<Long> before = broadcasts();
    Set<Long> seen = new HashSet<>();
    try (ReplicaPublisher publisher = publisher("early")) {
      for (int step = 1; step <= 300; step++) {
        publisher.publish(move(step));
        assertThat(Replicas.at(publisher.handle()).rows()).isEqualTo(ROWS);
        seen.addAll(broadcasts());
      }
      seen.removeAll(before);
      ReplicaHandle now = publisher.handle();
      int spans = now.combined().size() + now.recent().size();
      await(() -> living(seen).size() <= spans + 1, () -> living(seen) + " " + now);
    }
    // Spark's own broadcast of the job that makes executors forget the run is another one.
    await(() -> living(seen).isEmpty(), () -> String.valueOf(living(seen)));
  }

  private static Set<Long> living(Set<Long> of) {
    Set<Long> living = broadcasts();
    living.retainAll(of);
    return living;
  }

  private static Set<Long> broadcasts() {
    Set<Long> ids = new HashSet<>();
    SharedSpark.context()
        .sc()
        .env()
        .blockManager()
        .getMatchingBlockIds(BlockId::isBroadcast)
        .foreach(id -> ids.add(((BroadcastBlockId) id).broadcastId()));
    return ids;
  }

  /** Spark removes blocks behind the caller's back. */
  private static void await(BooleanSupplier condition, Supplier<String> state) {
    long end = System.nanoTime() + 30_000_000_000L;
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as(state).isLessThan(end);
      LockSupport.parkNanos(20_000_000L);
    }
  }
}

package io.destine.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.feature.EncodedBatch;
import io.destine.spark.SharedSpark;
import io.destine.spark.encode.BlockReader;
import io.destine.train.BatchPlan;
import io.destine.train.StepPlan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Blocks of 100 rows of one id: 1,200 bytes, the place in the epoch's order included. */
@Timeout(60)
class BlockCacheTest {
  private static final int ROWS = 100;
  private static final int BYTES = ROWS * (4 + 4 + 4) + 4;

  /** Reads by split and block; in local mode broadcast readers are the objects themselves. */
  private static final Map<String, AtomicInteger> READS = new ConcurrentHashMap<>();

  private static final Map<String, CountDownLatch> GATES = new ConcurrentHashMap<>();

  /** What a broken block throws, by split. */
  private static final Map<String, Throwable> FAILURES = new ConcurrentHashMap<>();

  private final String name = UUID.randomUUID().toString();

  private record Counted(String name, int count, int broken) implements BlockReader {
    @Override
    public int[] rows() {
      return IntStream.generate(() -> ROWS).limit(count).toArray();
    }

    @Override
    public EncodedBatch read(int block) {
      READS.computeIfAbsent(name + block, key -> new AtomicInteger()).incrementAndGet();
      CountDownLatch gate = GATES.get(name);
      if (gate != null) {
        try {
          gate.await();
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      }
      if (block == broken) {
        Throwable failure = FAILURES.get(name);
        throw failure == null
            ? new UncheckedIOException(new IOException("block " + block))
            : BlockCacheTest.<RuntimeException>unseen(failure);
      }
      int[] ids = new int[ROWS];
      Arrays.fill(ids, block);
      return new EncodedBatch(block, ids, null, null, null, new float[ROWS], null, null, null);
    }
  }

  private BlockSource source(int broken, int capacity) {
    return source(name, broken, capacity);
  }

  private static BlockSource source(String name, int broken, int capacity) {
    return new BlockSource(
        name,
        SharedSpark.context().broadcast(new Counted(name, 1000, broken)),
        (capacity * (double) BYTES + 1) / (1 << 20));
  }

  private int reads(int block) {
    return READS.getOrDefault(name + block, new AtomicInteger()).get();
  }

  private int allReads() {
    return IntStream.range(0, 1000).map(this::reads).sum();
  }

  /** Like a task of a step after the previous step has ended. */
  private static BlockCache.Block use(BlockCache cache, BlockSource source, int block, long turn) {
    cache.begin(source, turn);
    return cache.block(source, block, turn);
  }

  @Test
  void blocksThatHaveNotBeenUsedForLongestGoAndComeBack() {
    BlockCache cache = new BlockCache(1 << 20);
    BlockSource source = source(-1, 3);
    for (int block : new int[] {0, 1, 2, 0, 3}) {
      use(cache, source, block, block);
    }
    assertThat(cache.bytes()).isEqualTo(3 * BYTES);
    for (int block : new int[] {0, 2, 3}) {
      use(cache, source, block, 4);
    }
    assertThat(allReads()).isEqualTo(4);
    assertThat(use(cache, source, 1, 5).rows().ids()).containsOnly(1).hasSize(ROWS);
    assertThat(reads(1)).isEqualTo(2);
  }

  /**
   * Spark throws checked exceptions without declaring them, such as when a broadcast cannot be
   * fetched.
   */
  @Test
  void aThreadThatWaitsForABlockIsToldOfEveryKindOfFailure() throws Exception {
    for (Throwable failure :
        List.of(new IOException("no broadcast"), new NoClassDefFoundError("gone"))) {
      BlockCache cache = new BlockCache(1 << 20);
      FAILURES.put(name, failure);
      CountDownLatch fail = new CountDownLatch(1);
      GATES.put(name, fail);
      READS.clear();
      BlockSource source = source(0, 1);
      CompletableFuture<BlockCache.Block> first =
          CompletableFuture.supplyAsync(() -> cache.block(source, 0, 1));
      while (reads(0) == 0) {
        Thread.sleep(1);
      }
      CompletableFuture<EncodedBatch> second =
          CompletableFuture.supplyAsync(() -> cache.pass(source, 0));
      Thread.sleep(50);
      fail.countDown();
      for (CompletableFuture<?> each : List.of(first, second)) {
        assertThatThrownBy(() -> each.get(30, TimeUnit.SECONDS))
            .isInstanceOf(ExecutionException.class)
            .hasRootCause(failure);
      }
    }
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <E extends Throwable> E unseen(Throwable failure) throws E {
    throw (E) failure;
  }

  @Test
  void theGroupOfAStepStaysWhateverTheLimit() {
    BlockCache cache = new BlockCache(1 << 20);
    BlockSource source = source(-1, 1);
    for (int round = 0; round < 5; round++) {
      for (int block = 0; block < 4; block++) {
        cache.block(source, block, 7);
      }
    }
    assertThat(allReads()).isEqualTo(4);
    use(cache, source, 9, 8);
    assertThat(cache.bytes()).isEqualTo(BYTES);
  }

  @Test
  void aPassKeepsWhatThereIsRoomForAndDrivesOutNothing() {
    BlockCache cache = new BlockCache(1 << 20);
    BlockSource source = source(-1, 2);
    cache.block(source, 7, 1);
    for (int round = 0; round < 2; round++) {
      for (int block = 0; block < 4; block++) {
        assertThat(cache.pass(source, block).ids()).containsOnly(block);
      }
    }
    use(cache, source, 7, 2);
    assertThat(reads(7)).isOne();
    assertThat(IntStream.range(0, 4).map(this::reads).toArray()).containsExactly(1, 2, 2, 2);
    assertThat(cache.bytes()).isEqualTo(2 * BYTES);
  }

  @Test
  void blocksAreReadAheadAsFarAsThereIsRoom() {
    BlockCache cache = new BlockCache(1 << 20);
    BlockSource source = source(-1, 4);
    use(cache, source, 0, 1);
    use(cache, source, 1, 2);
    use(cache, source, 2, 2);
    cache.ahead(source, new int[] {10, 11, 12, 13}, 3);
    ClusterEvents.await("two are read", () -> cache.bytes() == 4 * BYTES && reads(0) == 1);
    use(cache, source, 1, 2);
    use(cache, source, 2, 2);
    assertThat(reads(1) + reads(2)).as("those of the group now").isEqualTo(2);
    for (int block = 10; block < 14; block++) {
      use(cache, source, block, 3);
      assertThat(reads(block)).isOne();
    }
  }

  /** Tasks of the next step may begin while one of this step has not asked for its blocks yet. */
  @Test
  void aTaskThatBeginsBeforeItsStepDrivesOutNothingOfTheStepBefore() {
    BlockCache cache = new BlockCache(1 << 20);
    BlockSource source = source(-1, 1);
    cache.begin(source, 1);
    for (int block = 0; block < 3; block++) {
      cache.block(source, block, 1);
    }
    cache.block(source, 7, 2);
    cache.ahead(source, new int[] {8}, 3);
    for (int block = 0; block < 3; block++) {
      cache.block(source, block, 1);
    }
    assertThat(allReads()).isEqualTo(4);
    use(cache, source, 9, 2);
    assertThat(cache.bytes()).isEqualTo(2 * BYTES);
  }

  /** The first task of a run reads ahead before it asks for a block of its own. */
  @Test
  void whatIsReadAheadStaysAlthoughNoBlockOfTheSplitIsInUseYet() {
    BlockCache cache = new BlockCache(1 << 20);
    BlockSource source = source(-1, 1);
    cache.block(source("another split", -1, 1), 900, 5);
    cache.ahead(source, new int[] {10}, 2);
    ClusterEvents.await("read ahead", () -> reads(10) == 1 && cache.bytes() == BYTES);
    cache.ahead(source, new int[] {11}, 2);
    for (int block = 0; block < 3; block++) {
      cache.block(source, block, 1);
    }
    cache.block(source, 10, 2);
    assertThat(reads(10)).isOne();
  }

  @Test
  void tasksThatWantABlockAtTheSameTimeReadItOnce() throws InterruptedException {
    BlockCache cache = new BlockCache(1 << 20);
    BlockSource source = source(-1, 4);
    CountDownLatch gate = new CountDownLatch(1);
    GATES.put(name, gate);
    CyclicBarrier start = new CyclicBarrier(3);
    List<Thread> threads = new ArrayList<>();
    List<int[]> found = java.util.Collections.synchronizedList(new ArrayList<>());
    for (int n = 0; n < 2; n++) {
      Thread thread =
          new Thread(
              () -> {
                try {
                  start.await();
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
                found.add(cache.block(source, 5, 1).rows().ids());
              });
      thread.start();
      threads.add(thread);
    }
    try {
      start.await();
    } catch (java.util.concurrent.BrokenBarrierException e) {
      throw new IllegalStateException(e);
    }
    ClusterEvents.await("a read begins", () -> reads(5) > 0);
    gate.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(found).hasSize(2);
    assertThat(found.get(0)).isSameAs(found.get(1));
    assertThat(reads(5)).isOne();
  }

  @Test
  void aFailureReachesTheTaskThatNeedsTheBlockAndIsNotKept() {
    BlockCache cache = new BlockCache(1 << 20);
    BlockSource source = source(3, 4);
    cache.ahead(source, new int[] {3}, 1);
    ClusterEvents.await("read ahead", () -> reads(3) == 1);
    for (int n = 0; n < 2; n++) {
      assertThatThrownBy(() -> cache.block(source, 3, 1))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("block 3");
    }
    assertThat(reads(3)).isEqualTo(3);
    assertThat(cache.bytes()).isZero();
  }

  @Test
  void aSplitThatIsForgottenTakesNoMemory() {
    BlockCache cache = new BlockCache(1 << 20);
    BlockSource source = source(-1, 4);
    cache.block(source, 1, 1);
    cache.pass(source, 2);
    cache.remove("another split");
    assertThat(cache.bytes()).isEqualTo(2 * BYTES);
    cache.remove(name);
    assertThat(cache.bytes()).isZero();
  }

  /** A step that has failed may end before its last tasks do. */
  @Test
  void lateTasksOfASplitThatIsForgottenLeaveNothing() {
    BlockCache cache = new BlockCache(1 << 20);
    BlockSource source = source(-1, 4);
    cache.block(source, 1, 1);
    cache.remove(name);
    assertThat(cache.block(source, 1, 1).rows().ids()).containsOnly(1);
    assertThat(cache.pass(source, 2).ids()).containsOnly(2);
    cache.ahead(source, new int[] {3}, 2);
    cache.block(source("another split", -1, 4), 900, 1);
    assertThat(cache.splits()).containsExactly("another split");
    assertThat(cache.bytes()).isEqualTo(BYTES);
    assertThat(reads(3)).isZero();
  }

  @Test
  void orderIsThatOfThePlan() {
    BlockCache cache = new BlockCache(1 << 20);
    BlockCache.Block block = cache.block(source(-1, 4), 6, 1);
    int[] first = block.order(5, 0);
    assertThat(first).isEqualTo(BatchPlan.order(5, 0, 6, ROWS));
    assertThat(block.order(5, 0)).isSameAs(first);
    assertThat(block.order(5, 1)).isEqualTo(BatchPlan.order(5, 1, 6, ROWS));
  }

  /**
   * 24 blocks, 4 at a time, room for 8: in each of 3 epochs every block is needed for some steps in
   * a row, so it is read once at most, and never again in each step.
   */
  @Test
  void anEpochReadsABlockOnceThoughAThirdOfThemFit() {
    BlockCache cache = new BlockCache(1 << 20);
    BlockSource source = source(-1, 8);
    int[] rows = IntStream.generate(() -> ROWS).limit(24).toArray();
    BatchPlan plan = new BatchPlan(1, rows, 64, 4);
    int turn = 0;
    int group = -1;
    int uses = 0;
    for (int epoch = 0; epoch < 3; epoch++) {
      BatchPlan.Epoch steps = plan.epoch(epoch, 0);
      while (steps.hasNext()) {
        StepPlan step = steps.next();
        turn += step.group() == group ? 0 : 1;
        group = step.group();
        cache.ahead(source, step.ahead(), turn + 1);
        for (int block : step.blocks()) {
          use(cache, source, block, turn);
          uses++;
        }
        assertThat(cache.bytes()).isLessThanOrEqualTo(12 * BYTES);
      }
    }
    assertThat(uses).isGreaterThan(4 * 3 * 24);
    assertThat(allReads()).isBetween(3 * 24 - 2 * 8, 3 * 24 + 4);
  }
}

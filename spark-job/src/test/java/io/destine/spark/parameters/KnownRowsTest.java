package io.destine.spark.parameters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.config.ModelConfig;
import io.destine.config.Precision;
import io.destine.feature.FieldLayout;
import io.destine.param.ParameterLayout;
import io.destine.param.Parameters;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class KnownRowsTest {
  private static final ParameterLayout LAYOUT =
      ParameterLayout.of(
          ModelConfig.interaction().embeddingDim(2).layers(1).wide(true).build(),
          FieldLayout.ofIds(2));

  private final KnownRows known = new KnownRows();
  private final ConcurrentLinkedQueue<int[]> asked = new ConcurrentLinkedQueue<>();

  /** Row i of version v is [i, v], its first-order weight i + v. */
  private boolean answer(long version, boolean dense, int[] ids, Parameters into) {
    asked.add(ids);
    for (int k = 0; k < ids.length; k++) {
      into.embedding().write(k, new double[] {ids[k], version}, 0);
      into.wide().write(k, new double[] {ids[k] + version}, 0);
    }
    if (dense) {
      Arrays.fill(into.dense(), version);
    }
    return true;
  }

  private KnownRows.Fetch driver(long version) {
    return (dense, ids, into) -> answer(version, dense, ids, into);
  }

  private void assertCopied(long version, KnownRows.Fetch fetch, int... ids) {
    Parameters into = new Parameters(LAYOUT, Precision.FLOAT32, ids.length);
    known.copy(version, ids, into, fetch);
    double[] row = new double[2];
    for (int k = 0; k < ids.length; k++) {
      into.embedding().read(k, row, 0);
      assertThat(row).containsExactly(ids[k], version);
      into.wide().read(k, row, 0);
      assertThat(row[0]).isEqualTo(ids[k] + version);
    }
    assertThat(into.dense()).containsOnly(version);
  }

  @Test
  void eachRowIsAskedForOnce() {
    assertCopied(1, driver(1), 5, 3, 9);
    assertCopied(1, driver(1), 3, 4);
    assertCopied(1, driver(1), 9, 5);
    assertThat(asked).containsExactly(new int[] {5, 3, 9}, new int[] {4});
    assertCopied(2, driver(2), 3);
    assertThat(asked).hasSize(3);
    assertThatThrownBy(() -> assertCopied(1, driver(1), 3))
        .hasMessage("version 1 of the parameters is no longer valid");
  }

  @Test
  void aThreadWhoseRowsAreKnownDoesNotWaitForTheNetwork() throws Exception {
    assertCopied(1, driver(1), 1, 2);
    CountDownLatch sent = new CountDownLatch(1);
    CountDownLatch answered = new CountDownLatch(1);
    KnownRows.Fetch slow =
        (dense, ids, into) -> {
          sent.countDown();
          await(answered);
          return answer(1, dense, ids, into);
        };
    CompletableFuture<Void> waits = CompletableFuture.runAsync(() -> assertCopied(1, slow, 2, 3));
    await(sent);
    assertCopied(1, driver(1), 2, 1);
    assertCopied(1, driver(1), 4);
    CompletableFuture<Void> same =
        CompletableFuture.runAsync(() -> assertCopied(1, driver(1), 3, 1));
    assertThatThrownBy(() -> same.get(200, TimeUnit.MILLISECONDS))
        .as("row 3 is on its way")
        .hasNoCause();
    answered.countDown();
    waits.get(30, TimeUnit.SECONDS);
    same.get(30, TimeUnit.SECONDS);
    assertThat(asked).containsExactly(new int[] {1, 2}, new int[] {4}, new int[] {3});
  }

  @Test
  void whenOneRequestFailsTheOthersAskAnew() throws Exception {
    CountDownLatch sent = new CountDownLatch(1);
    CountDownLatch failed = new CountDownLatch(1);
    KnownRows.Fetch broken =
        (dense, ids, into) -> {
          sent.countDown();
          await(failed);
          throw new OutOfMemoryError("of a test");
        };
    CompletableFuture<Void> fails = CompletableFuture.runAsync(() -> assertCopied(1, broken, 1, 2));
    await(sent);
    CompletableFuture<Void> other =
        CompletableFuture.runAsync(() -> assertCopied(1, driver(1), 2, 3));
    Thread.sleep(100);
    failed.countDown();
    other.get(30, TimeUnit.SECONDS);
    assertThatThrownBy(() -> fails.get(30, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(OutOfMemoryError.class);
    assertCopied(1, driver(1), 1, 2, 3);
  }

  @Test
  void manyThreadsGetTheirRows() throws Exception {
    AtomicInteger seed = new AtomicInteger();
    List<CompletableFuture<Void>> all =
        IntStream.range(0, 8)
            .mapToObj(
                n ->
                    CompletableFuture.runAsync(
                        () -> {
                          for (int round = 0; round < 200; round++) {
                            int from = Math.floorMod(seed.getAndAdd(37), 500);
                            assertCopied(1, driver(1), IntStream.range(from, from + 20).toArray());
                          }
                        }))
            .toList();
    for (CompletableFuture<Void> one : all) {
      one.get(50, TimeUnit.SECONDS);
    }
    assertThat(asked.stream().flatMapToInt(Arrays::stream)).doesNotHaveDuplicates();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}

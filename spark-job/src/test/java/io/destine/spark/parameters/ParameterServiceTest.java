package io.destine.spark.parameters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.config.ModelConfig;
import io.destine.config.Precision;
import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.param.ParameterLayout;
import io.destine.param.Parameters;
import io.destine.spark.SharedSpark;
import io.destine.spark.internals.MessageClient;
import io.destine.train.GradientSum;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ParameterServiceTest {
  /** More numbers than a request asks for. */
  private static final int ROWS = 100_000;

  private static final ParameterLayout LAYOUT =
      ParameterLayout.of(
          ModelConfig.interaction().embeddingDim(3).layers(1).wide(true).build(),
          FieldLayout.ofIds(2));

  private final Parameters driver = Parameters.initial(LAYOUT, Precision.FLOAT32, ROWS, 3);
  private ParameterService service = service("tested", false);

  private ParameterService service(String run, boolean local) {
    return new ParameterService(SharedSpark.context(), run, driver, local);
  }

  @AfterEach
  void end() {
    service.close();
  }

  /** Changes all numbers, as a function of the version that they get. */
  private void move(int version) {
    for (int id = 0; id < ROWS; id++) {
      driver.embedding().write(id, new double[] {version, id, -version}, 0);
      driver.wide().write(id, new double[] {id + 0.5f}, 0);
    }
    for (int i = 0; i < driver.dense().length; i++) {
      driver.dense()[i] = version + 0.125f * i;
    }
    service.moved();
  }

  private static EncodedBatch rows(int... ids) {
    return EncodedBatch.ofIds(ids, new float[ids.length / 2]);
  }

  private void assertSame(Parameters found, EncodedBatch places, EncodedBatch rows) {
    assertThat(found).isNotSameAs(driver);
    assertThat(found.dense()).isEqualTo(driver.dense());
    double[] a = new double[3];
    double[] b = new double[3];
    for (int i = 0; i < rows.ids().length; i++) {
      found.embedding().read(places.ids()[i], a, 0);
      driver.embedding().read(rows.ids()[i], b, 0);
      assertThat(a).as("embedding of id " + rows.ids()[i]).isEqualTo(b);
      found.wide().read(places.ids()[i], a, 0);
      driver.wide().read(rows.ids()[i], b, 0);
      assertThat(a[0]).as("first-order weight of id " + rows.ids()[i]).isEqualTo(b[0]);
    }
  }

  private void assertScored(ParameterSource source, EncodedBatch rows) {
    try (ParameterSource.View view = source.of(rows)) {
      assertSame(view.parameters(), view.rows(), rows);
    }
  }

  @Test
  void aTaskOfAStepGetsTheRowsThatItAsksFor() {
    move(1);
    StepParameters step = service.open(1, () -> {});
    EncodedBatch some = rows(7, ROWS - 1, 7, 0);
    EncodedBatch all = rows(IntStream.range(0, ROWS).map(i -> ROWS - 1 - i).toArray());
    for (List<EncodedBatch> rows : List.of(List.of(some), List.of(all, some))) {
      try (StepParameters.View view = step.of(rows, LAYOUT)) {
        for (int i = 0; i < rows.size(); i++) {
          assertSame(view.parameters(), view.rows().get(i), rows.get(i));
        }
        assertThat(view.ids()[view.rows().get(0).ids()[1]]).isEqualTo(rows.get(0).ids()[1]);
        assertThat(view.waited()).isFalse();
        // An id, an embedding and a first-order weight, 4 bytes each, and the heads of messages.
        long numbers = view.ids().length * 20L + 4L * driver.dense().length;
        assertThat(view.bytes()).isBetween(numbers, numbers + 1000);
      }
    }
    service.end(step);
  }

  @Test
  void aTaskThatAsksBeforeTheVersionIsThereWaitsForIt() throws Exception {
    move(1);
    StepParameters next = service.open(2, () -> {});
    EncodedBatch rows = rows(7, 8);
    CompletableFuture<StepParameters.View> view =
        CompletableFuture.supplyAsync(() -> next.of(List.of(rows), LAYOUT));
    awaitWaiting(next);
    assertThatThrownBy(() -> view.get(200, TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class);
    assertThat(service.waitedNanos(next)).isGreaterThan(200_000_000L);
    move(2);
    try (StepParameters.View found = view.get(30, TimeUnit.SECONDS)) {
      assertSame(found.parameters(), found.rows().get(0), rows);
      assertThat(found.waited()).isTrue();
      assertThat(found.nanos()).isBetween(0L, 10_000_000_000L);
    }
    assertThat(service.waitedNanos(next)).isZero();
  }

  private void awaitWaiting(StepParameters step) throws InterruptedException {
    while (service.waitedNanos(step) == 0) {
      Thread.sleep(1);
    }
  }

  @Test
  void tasksOfAStepThatIsOverGetNothing() throws Exception {
    move(1);
    StepParameters now = service.open(1, () -> {});
    StepParameters ahead = service.open(2, () -> {});
    CompletableFuture<StepParameters.View> waiting =
        CompletableFuture.supplyAsync(() -> ahead.of(List.of(rows(1, 2)), LAYOUT));
    awaitWaiting(ahead);
    service.end(ahead);
    assertThat(waiting.get(30, TimeUnit.SECONDS)).isNull();
    assertThat(ahead.of(List.of(rows(1, 2)), LAYOUT)).isNull();
    move(2);
    assertThat(now.of(List.of(rows(1, 2)), LAYOUT)).as("a version that has gone").isNull();
  }

  @Test
  void theFirstAnswerOfAStepIsSaidOnceAndBeforeIt() {
    AtomicInteger said = new AtomicInteger();
    StepParameters step =
        service.open(
            0,
            () -> {
              LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(300));
              said.incrementAndGet();
            });
    for (int i = 0; i < 3; i++) {
      try (StepParameters.View view = step.of(List.of(rows(i, i + 1)), LAYOUT)) {
        assertThat(view).isNotNull();
        assertThat(said).hasValue(1);
      }
    }
  }

  @Test
  void whoScoresAsksOnceForARowOfAVersion() {
    move(1);
    ParameterSource first = service.source();
    EncodedBatch rows = rows(5, 900, 17, ROWS - 1);
    assertScored(first, rows);
    long bytes = service.bytes();
    assertScored(first, rows);
    assertScored(first, rows(900, 5));
    assertThat(service.bytes()).isEqualTo(bytes);
    assertScored(first, rows(5, 6));
    assertThat(service.bytes() - bytes).as("one more row").isBetween(1L, 100L);
    move(2);
    assertScored(service.source(), rows);
    assertThatThrownBy(() -> first.of(rows(3, 4)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("version 1 of the parameters is no longer valid");
    assertScored(service.source(), rows);
  }

  /** The service runs in this JVM, and so does the job that reaches executors. */
  @Test
  void closingMakesExecutorsForgetTheRun() {
    assertScored(service.source(), rows(1, 2));
    Worker kept = Worker.of("tested");
    assertThat(Worker.of("tested")).isSameAs(kept);
    service.close();
    assertThat(Worker.of("tested")).isNotSameAs(kept);
  }

  @Test
  void localModeSharesTheDriversParameters() {
    try (ParameterService local = service("local", true)) {
      EncodedBatch rows = rows(1, 2);
      try (ParameterSource.View view = local.source().of(rows)) {
        assertThat(view.parameters()).isSameAs(driver);
        assertThat(view.rows()).isSameAs(rows);
      }
      StepParameters step = local.open(0, () -> {});
      GradientSum sum = new GradientSum(LAYOUT, 40);
      sum.addWide(2, 0.5);
      try (StepParameters.View view = step.of(List.of(rows), LAYOUT)) {
        assertThat(view.parameters()).isSameAs(driver);
        assertThat(view.ids()).isNull();
        assertThat(step.send(0, sum, view).rest().isEmpty()).isTrue();
      }
      assertThat(local.complete(step, new GradientSum(), 1)).isSameAs(sum);
      assertThat(step.send(1, sum, null)).as("a task that comes later").isNull();
      assertThat(local.bytes()).isZero();
    }
  }

  @Test
  void aJvmKeepsAllRunsThatAreAtWork() {
    AtomicLong now = new AtomicLong();
    List<String> dropped = new ArrayList<>();
    RunCache<String> cache = new RunCache<>(Duration.ofNanos(10), dropped::add, now::get);
    for (int round = 0; round < 4; round++) {
      for (int run = 0; run < 9; run++) {
        now.incrementAndGet();
        cache.get("run " + run, () -> "made " + now);
      }
    }
    assertThat(dropped).isEmpty();
    assertThat(cache.get("run 8", () -> "anew")).isEqualTo("made 9");
    now.addAndGet(11);
    cache.get("run 8", () -> "anew");
    assertThat(dropped)
        .containsExactlyInAnyOrder(
            IntStream.rangeClosed(1, 8).mapToObj(n -> "made " + n).toArray(String[]::new));
    cache.remove("run 1");
    cache.remove("run 8");
    assertThat(dropped).hasSize(9).last().isEqualTo("made 9");
  }

  /**
   * Requests from a client that is not a task: invalid ones are answered immediately, without
   * waiting or computing.
   */
  @Test
  void requestsThatNoTaskSendsAreRefused() throws Exception {
    move(1);
    StepParameters step = service.open(2, () -> {});
    int most = RowRequests.mostIds(driver);
    int[] full = new int[most];
    try (MessageClient client = new MessageClient()) {
      for (int n = 0; n < 200; n++) {
        assertThat(state(client, RowMessages.request(step.step(), 5 + n, false, full, 0, 0, most)))
            .as("a later version than the next")
            .isEqualTo(RowMessages.OVER);
      }
      assertThat(state(client, RowMessages.request(RowService.NO_STEP, 2, false, full, 0, 0, 1)))
          .as("rows to score with, of a version that is not there")
          .isEqualTo(RowMessages.OVER);
      assertThat(service.waitedNanos(step)).isZero();
      int[] many = new int[most + 1];
      assertRefused(
          client, RowMessages.request(step.step(), 2, false, many, 0, 0, most + 1), "ids");
      for (int claimed : new int[] {-1, Integer.MAX_VALUE, 3}) {
        ByteBuffer message = RowMessages.request(step.step(), 2, false, full, 0, 0, 2);
        assertRefused(client, message.putInt(message.capacity() - 12, claimed), "ids of 4 bytes");
      }
      assertRefused(
          client, RowMessages.request(step.step(), 1, false, new int[] {ROWS}, 0, 0, 1), "");
      assertRefused(client, ByteBuffer.wrap(new byte[] {RowMessages.KIND, 1, 2}), "bytes or more");
    }
    service.end(step);
  }

  /** Others may use its connection, which then never falls silent. */
  @Test
  void aTaskIsToldWhenItsRowsCannotBeRead() throws Exception {
    service.beforeReading(
        ids -> {
          throw new IllegalStateException("rows cannot be brought up to date");
        });
    StepParameters step = service.open(0, () -> {});
    try (MessageClient client = new MessageClient()) {
      long start = System.nanoTime();
      assertRefused(
          client,
          RowMessages.request(step.step(), 0, false, new int[] {1}, 0, 0, 1),
          "rows cannot be brought up to date");
      assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(20));
    }
    service.end(step);
  }

  private byte state(MessageClient client, ByteBuffer message) throws Exception {
    return client
        .ask(service.service().address(), message, ByteBuffer::get)
        .get(30, TimeUnit.SECONDS);
  }

  private void assertRefused(MessageClient client, ByteBuffer message, String words) {
    assertThatThrownBy(() -> state(client, message))
        .isInstanceOf(ExecutionException.class)
        .hasMessageContaining(words);
  }
}

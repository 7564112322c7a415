package io.destine.spark.parameters;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.config.ModelConfig;
import io.destine.config.Precision;
import io.destine.feature.FieldLayout;
import io.destine.param.ParameterLayout;
import io.destine.param.Parameters;
import io.destine.spark.SharedSpark;
import io.destine.spark.internals.MessageClient;
import io.destine.spark.internals.MessageService;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Requests for rows that an owner in this process and two others have. */
class RowRequestsTest {
  /** Several windows for each owner. */
  private static final int ROWS = 100_000;

  private static final ParameterLayout LAYOUT =
      ParameterLayout.of(
          ModelConfig.interaction().embeddingDim(15).layers(1).wide(true).build(),
          FieldLayout.ofIds(2));

  private final MessageService driver = new MessageService(SharedSpark.context().sc());
  private final MessageService here = MessageService.inExecutor();
  private final MessageService one = new MessageService(SharedSpark.context().sc());
  private final MessageService two = new MessageService(SharedSpark.context().sc());
  private final MessageClient client = new MessageClient();
  private final OwnerMap map =
      OwnerMap.of(List.of(one.address(), here.address(), two.address()), ROWS);
  private final Parameters dense = Parameters.initial(LAYOUT, Precision.FLOAT32, 1, 3);
  private final int[] places = IntStream.range(0, ROWS).map(map::place).sorted().toArray();
  private final Parameters[] owned = new Parameters[3];
  private final Queue<Runnable> answers = new ConcurrentLinkedQueue<>();

  RowRequestsTest() {
    List<MessageService> services = List.of(one, here, two);
    for (int owner = 0; owner < 3; owner++) {
      int[] ids = OwnerMap.ids(owner, 3, ROWS);
      Parameters rows =
          Parameters.initialRows(LAYOUT.tables(), Precision.FLOAT32, ids, ROWS, owner + 1);
      owned[owner] = rows;
      services.get(owner).handle(RowMessages.KIND, (m, reply) -> receive(m, rows, reply));
    }
    driver.handle(
        RowMessages.KIND,
        (message, reply) ->
            reply.send(RowMessages.values(dense, RowMessages.Request.read(message, 0, 0), 0)));
  }

  @AfterEach
  void close() {
    client.close();
    List.of(driver, here, one, two).forEach(MessageService::close);
  }

  private void receive(ByteBuffer message, Parameters rows, MessageService.Reply reply) {
    RowMessages.Request request = RowMessages.Request.read(message, ROWS, rows.rows());
    answers.add(() -> reply.send(RowMessages.values(rows, request, 0)));
  }

  /** Rows in this process take no bytes on the network, so the window is for the others. */
  @Test
  void rowsInThisProcessDoNotWaitForTheOthers() throws Exception {
    Parameters found = new Parameters(LAYOUT, Precision.FLOAT32, ROWS);
    int most = RowRequests.pieceRows(found, 3);
    int own = (map.from(2, places) - map.from(1, places) + most - 1) / most;
    assertThat(own).isGreaterThan(3);
    long inFlight = OwnerMap.WINDOW / (most * 16L * 4);
    CompletableFuture<RowRequests.Fetched> fetched =
        CompletableFuture.supplyAsync(
            () ->
                new RowRequests(client, driver.address(), map, RowService.NO_STEP, 0)
                    .fetch(true, places, found));
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (answers.size() < own + inFlight && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    Thread.sleep(100);
    assertThat((long) answers.size()).isEqualTo(own + inFlight);
    while (!fetched.isDone()) {
      Runnable answer = answers.poll();
      if (answer != null) {
        answer.run();
      }
    }
    assertThat(fetched.get()).isNotNull();
    assertThat(found.dense()).isEqualTo(dense.dense());
    double[] a = new double[15];
    double[] b = new double[15];
    for (int k = 0; k < ROWS; k++) {
      int place = places[k];
      int owner = place < map.begin(1) ? 0 : place < map.begin(2) ? 1 : 2;
      found.embedding().read(k, a, 0);
      owned[owner].embedding().read(place - map.begin(owner), b, 0);
      assertThat(a).as("row %d", k).isEqualTo(b);
    }
  }
}

package io.destine.spark.parameters;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.config.ModelConfig;
import io.destine.config.Precision;
import io.destine.feature.FieldLayout;
import io.destine.param.ParameterLayout;
import io.destine.param.Parameters;
import io.destine.spark.SharedSpark;
import io.destine.spark.internals.Address;
import io.destine.spark.internals.MessageClient;
import io.destine.spark.internals.Relay;
import io.destine.testing.Full;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A task gets its rows although its connection to the driver is cut off or goes silent. */
class LostConnectionTest {
  /** More than one message asks for. */
  private static final int ROWS = 100_000;

  private static final int[] IDS = IntStream.range(0, ROWS).toArray();

  /** Of Spark; a silent connection is given up after a quarter of it. */
  private static final int NETWORK_TIMEOUT_SECONDS = 16;

  private static final ParameterLayout LAYOUT =
      ParameterLayout.of(
          ModelConfig.interaction().embeddingDim(3).layers(1).wide(true).build(),
          FieldLayout.ofIds(2));

  private final Parameters parameters = Parameters.initial(LAYOUT, Precision.FLOAT32, ROWS, 3);
  private ParameterService service;
  private Relay relay;
  private MessageClient client;

  @BeforeEach
  void connect() throws IOException {
    service = new ParameterService(SharedSpark.context(), "connected", parameters, false);
    Address address = service.service().address();
    relay =
        new Relay(
            new InetSocketAddress(address.host(), 0),
            new InetSocketAddress(address.host(), address.port()));
    SparkConf settings = SharedSpark.context().sc().conf().clone();
    settings.set("spark.network.timeout", NETWORK_TIMEOUT_SECONDS + "s");
    client = new MessageClient(settings);
  }

  @AfterEach
  void close() {
    client.close();
    relay.close();
    service.close();
  }

  private Parameters fetch() {
    Parameters found = new Parameters(LAYOUT, Precision.FLOAT32, ROWS);
    Address far = new Address(service.service().address().host(), relay.port());
    OwnerMap map = OwnerMap.of(far, ROWS);
    RowRequests requests = new RowRequests(client, far, map, RowService.NO_STEP, 0);
    assertThat(requests.fetch(true, IDS, found)).isNotNull();
    return found;
  }

  private void assertFetched(CompletableFuture<Parameters> fetched) throws Exception {
    Parameters found = fetched.get(NETWORK_TIMEOUT_SECONDS, TimeUnit.SECONDS);
    assertThat(found.dense()).isEqualTo(parameters.dense());
    double[] a = new double[3];
    double[] b = new double[3];
    for (int id : IDS) {
      found.embedding().read(id, a, 0);
      parameters.embedding().read(id, b, 0);
      assertThat(a).as("embedding of id %d", id).isEqualTo(b);
    }
  }

  private Relay.Connection connection() {
    fetch();
    assertThat(relay.open()).hasSize(1);
    return relay.open().get(0);
  }

  @Full
  @Test
  void oneThatIsCutOffInTheMiddleOfAMessage() throws Exception {
    for (int bytes : new int[] {0, 10, 200_000, 1_000_000}) {
      Relay.Connection connection = connection();
      connection.resetAfter(bytes);
      assertFetched(CompletableFuture.supplyAsync(this::fetch));
      assertThat(connection.isOpen()).isFalse();
    }
  }

  /** No packet tells the task that its requests, or their answers, have not arrived. */
  @Full
  @Test
  void oneThatGoesSilent() throws Exception {
    Relay.Connection connection = connection();
    connection.beSilent();
    assertFetched(CompletableFuture.supplyAsync(this::fetch));
    assertThat(relay.open()).as("the silent one and another").hasSize(2);
  }

  /** The rest of its answers must not be read by a request that has been sent again. */
  @Full
  @Test
  void oneThatGoesSilentInAnAnswerAndGoesOnWhenItHasBeenGivenUp() throws Exception {
    Relay.Connection connection = connection();
    CompletableFuture<Parameters> fetched = CompletableFuture.supplyAsync(this::fetch);
    connection.beSilent();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(NETWORK_TIMEOUT_SECONDS);
    while (relay.open().size() < 2 && !fetched.isDone() && System.nanoTime() < end) {
      Thread.sleep(1);
    }
    connection.speak();
    assertFetched(fetched);
  }
}

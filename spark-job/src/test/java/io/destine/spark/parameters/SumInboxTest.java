package io.destine.spark.parameters;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.config.ModelConfig;
import io.destine.config.OptimizerConfig;
import io.destine.feature.FieldLayout;
import io.destine.param.ParameterLayout;
import io.destine.spark.SharedSpark;
import io.destine.spark.internals.Address;
import io.destine.spark.internals.MessageClient;
import io.destine.spark.internals.MessageService;
import io.destine.spark.internals.Relay;
import io.destine.train.GradientSum;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A gradient reaches the owners of its rows once, whatever happens to connections. */
class SumInboxTest {
  private static final long STEP = 77;
  private static final int IDS = 3000;
  private static final String RUN = "sums";

  /** Length, type, number and length of the body: what Spark's networking puts first. */
  private static final int FRAME_BYTES = 8 + 1 + 8 + 4;

  private static final ParameterLayout LAYOUT =
      ParameterLayout.of(
          ModelConfig.interaction().embeddingDim(3).layers(1).wide(true).build(),
          FieldLayout.ofIds(2));

  private MessageService one;
  private MessageService two;
  private SumInbox first;
  private SumInbox second;
  private Relay relay;
  private MessageClient client;
  private OwnerMap map;

  @BeforeEach
  void open() throws IOException {
    one = new MessageService(SharedSpark.context().sc());
    two = new MessageService(SharedSpark.context().sc());
    first = inbox(one, () -> map.begin(1));
    second = inbox(two, () -> map.begin(2) - map.begin(1));
    Address address = one.address();
    relay =
        new Relay(
            new InetSocketAddress(address.host(), 0),
            new InetSocketAddress(address.host(), address.port()));
    client = Worker.of(RUN).client();
    map = OwnerMap.of(List.of(new Address(address.host(), relay.port()), two.address()), IDS);
  }

  private static SumInbox inbox(MessageService service, IntSupplier rows) {
    SumInbox inbox = new SumInbox(rows);
    service.handle(SumInbox.KIND, inbox::receive);
    return inbox;
  }

  @AfterEach
  void close() {
    Worker.remove(RUN);
    relay.close();
    one.close();
    two.close();
  }

  private int[] places() {
    return IntStream.range(0, IDS).map(map::place).sorted().toArray();
  }

  /** A sum with numbers derived from the seed and the index of each row. */
  private static GradientSum sum(int seed, int[] names) {
    GradientSum sum = new GradientSum(LAYOUT, 40);
    sum.addLoss(0.25 * seed, 1, 1);
    for (int k = 0; k < names.length; k++) {
      sum.addEmbedding(names[k], new double[] {seed + k, 0.5 * k, -seed}, 0);
      sum.addWide(names[k], 0.125 * (k + seed));
    }
    return sum;
  }

  private long send(long step, int slot, int seed) {
    return send(step, slot, seed, IDS);
  }

  private long send(long step, int slot, int seed, int most) {
    int[] places = places();
    GradientSum sum = sum(seed, IntStream.range(0, IDS).toArray());
    long bytes = new SumMessages(map, step, slot, sum, places, most).send(Worker.of(RUN));
    assertThat(sum.tableRows()).isNotNull();
    assertThat(sum.toGradient().ids()).isEmpty();
    assertThat(sum.toGradient().loss()).isEqualTo(0.25 * seed);
    return bytes;
  }

  private static void assertSame(GradientSum found, GradientSum expected) {
    assertThat(found.toGradient().ids()).isEqualTo(expected.toGradient().ids()).hasSize(IDS);
    assertThat(found.toGradient().embedding()).isEqualTo(expected.toGradient().embedding());
    assertThat(found.toGradient().wide()).isEqualTo(expected.toGradient().wide());
  }

  /** What both owners have together, under the ids of the whole table. */
  private GradientSum together(long step, int tasks) {
    GradientSum all = new GradientSum(LAYOUT, 40);
    for (int owner = 0; owner < 2; owner++) {
      GradientSum own = (owner == 0 ? first : second).take(step, tasks);
      own.replaceIds(OwnerMap.ids(owner, 2, IDS));
      all.addRows(own);
    }
    return all;
  }

  private GradientSum expected(int... seeds) {
    GradientSum all = new GradientSum(LAYOUT, 40);
    int[] places = places();
    int[] idOfPlace = new int[map.begin(2)];
    IntStream.range(0, IDS).forEach(id -> idOfPlace[map.place(id)] = id);
    int[] ids = IntStream.of(places).map(place -> idOfPlace[place]).toArray();
    for (int seed : seeds) {
      GradientSum one = sum(seed, ids);
      GradientSum rows = new GradientSum(LAYOUT, 40);
      rows.addRows(one);
      all.addRows(rows);
    }
    return all;
  }

  @Test
  void eachOwnerHasTheRowsThatItOwnsOfAllTasks() {
    assertThat(send(STEP, 0, 1)).isPositive();
    assertThat(send(STEP, 1, 2)).isPositive();
    assertSame(together(STEP, 2), expected(1, 2));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, IDS / 2, IDS})
  void rowsArriveInPieces(int most) {
    send(STEP, 0, 1, most);
    send(STEP, 1, 2, most);
    send(STEP, 1, 2, most);
    assertSame(together(STEP, 2), expected(1, 2));
  }

  /** A task that is run again elsewhere sends the same pieces as messages, which do not count. */
  @ParameterizedTest
  @ValueSource(ints = {7, IDS})
  void anOwnerInThisProcessTakesItsRowsByReference(int most) throws Exception {
    long all = send(STEP, 0, 1, most);
    Worker worker = Worker.of(RUN);
    Address here =
        worker.own(new TableOwners.Tables(RUN, LAYOUT, OptimizerConfig.defaults(), IDS, 1), 0);
    map = OwnerMap.of(List.of(here, two.address()), IDS);
    assertThat(map.here()).isZero();
    first = worker.sums(here);
    long sent = send(STEP + 1, 0, 1, most);
    assertThat(2 * sent).isBetween(all - 1000, all + 1000);
    send(STEP + 1, 1, 2, most);
    int pieces = (map.from(1, places()) + most - 1) / most;
    SumInbox.Piece again = new SumInbox.Piece(STEP + 1, 1, 0, pieces);
    byte taken = client.ask(here, message(again, new byte[1]), ByteBuffer::get).get(30, SECONDS);
    assertThat(taken).isEqualTo(SumInbox.TAKEN);
    assertSame(together(STEP + 1, 2), expected(1, 2));
    assertThat(send(STEP + 1, 2, 2, most)).as("the step is over").isEqualTo(-1);
  }

  @Test
  void aSumWithoutOneOfItsPiecesIsMissing() throws Exception {
    receive(new SumInbox.Piece(STEP, 0, 0, 2));
    assertThatThrownBy(() -> second.take(STEP, 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("sums of 1 tasks, got 0");
    receive(new SumInbox.Piece(STEP + 1, 0, 0, 2));
    receive(new SumInbox.Piece(STEP + 1, 0, 1, 2));
    second.take(STEP + 1, 1);
  }

  @Test
  void piecesThatDoNotExistAreRefused() throws Exception {
    receive(new SumInbox.Piece(STEP, 0, 0, 2));
    assertThatThrownBy(() -> receive(new SumInbox.Piece(STEP, 0, 1, 3)))
        .hasMessageContaining("has 2 pieces, got a piece of a sum with 3");
    assertThatThrownBy(() -> receive(new SumInbox.Piece(STEP, 1, 2, 2)))
        .hasMessageContaining("Index 2 out of bounds for length 2");
    assertThatThrownBy(() -> receive(new SumInbox.Piece(STEP, 1, 0, 0)))
        .hasMessageContaining("Index 0 out of bounds for length 0");
  }

  /** Sends a piece without rows to the second owner. */
  private void receive(SumInbox.Piece piece) throws Exception {
    byte taken =
        client.ask(two.address(), message(piece, new byte[1]), ByteBuffer::get).get(30, SECONDS);
    assertThat(taken).isEqualTo(SumInbox.TAKEN);
  }

  private static ByteBuffer message(SumInbox.Piece piece, byte[] sum) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    piece.write(new DataOutputStream(bytes));
    bytes.write(sum);
    return ByteBuffer.wrap(bytes.toByteArray());
  }

  /** A task that is run again sends the same bits. */
  @Test
  void theSecondSumOfATaskDoesNotCount() {
    send(STEP, 0, 1);
    send(STEP, 0, 1);
    assertSame(together(STEP, 1), expected(1));
  }

  @Test
  void aStepWhoseRowsHaveMovedIsOver() {
    send(STEP, 0, 1);
    send(STEP + 2, 0, 1);
    together(STEP + 2, 1);
    assertThat(send(STEP, 1, 2)).isEqualTo(-1);
    assertThat(send(STEP + 2, 1, 2)).isEqualTo(-1);
    assertThat(send(STEP + 3, 1, 2)).isPositive();
  }

  @Test
  void aSumThatIsMissingIsMissed() {
    send(STEP, 0, 1);
    assertThatThrownBy(() -> first.take(STEP, 2))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("sums of 2 tasks, got 1");
  }

  /**
   * An error while a sum is read, such as a lack of memory, is passed to the thread that waits for
   * the sum.
   */
  @Test
  void aSumThatCannotBeReadFailsWhoeverTakesIt() throws Exception {
    ByteBuffer message = message(new SumInbox.Piece(STEP, 0, 0, 1), new byte[] {99, 1, 2, 3});
    byte taken = client.ask(two.address(), message, ByteBuffer::get).get(30, SECONDS);
    assertThat(taken).isEqualTo(SumInbox.TAKEN);
    assertThatThrownBy(() -> second.take(STEP, 1)).hasMessageContaining("format must be in");
  }

  /** For a message of a few bytes that claims gigabytes. */
  @Test
  void noMemoryIsTakenForMoreRowsThanThereAre() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    new SumInbox.Piece(STEP, 0, 0, 1).write(out);
    GradientSum sum = new GradientSum(LAYOUT.tables(), 40);
    for (int id = 0; id < 2 * IDS; id++) {
      sum.addWide(id, 1);
    }
    sum.write(out);
    client.ask(two.address(), ByteBuffer.wrap(bytes.toByteArray()), ByteBuffer::get).get();
    assertThatThrownBy(() -> second.take(STEP, 1))
        .hasMessageContaining("number of ids must be in [0, ");
  }

  /**
   * Sums of future steps, for which there are no tasks yet: without a limit they would fill the
   * heap.
   */
  @Test
  void sumsThatNobodyTakesAreRefusedWhenTheyAreMany() throws Exception {
    SumInbox small = new SumInbox(() -> map.begin(2) - map.begin(1), 10_000);
    two.handle(SumInbox.KIND, small::receive);
    ByteArrayOutputStream rest = new ByteArrayOutputStream();
    GradientSum sum = new GradientSum(LAYOUT.tables(), 40);
    IntStream.range(0, 100).forEach(id -> sum.addWide(id, 1));
    sum.write(new DataOutputStream(rest));
    for (int n = 1; n <= 100; n++) {
      SumInbox.Piece piece = new SumInbox.Piece(STEP + n / 2, n % 2, 0, 1);
      ByteBuffer message = message(piece, rest.toByteArray());
      CompletableFuture<Byte> answer = client.ask(two.address(), message, ByteBuffer::get);
      if (n * (12L + rest.size()) < 5_000) {
        assertThat(answer.get(30, SECONDS)).isEqualTo(SumInbox.TAKEN);
      } else if (n > 50) {
        assertThatThrownBy(() -> answer.get(30, SECONDS))
            .hasMessageContaining("must have at most 10000 bytes");
      }
    }
    assertThat(small.take(STEP + 1, 2).toGradient().ids()).hasSize(100);
    small.take(STEP + 60, 0);
    SumInbox.Piece piece = new SumInbox.Piece(STEP + 61, 0, 0, 1);
    ByteBuffer message = message(piece, rest.toByteArray());
    byte taken = client.ask(two.address(), message, ByteBuffer::get).get(30, SECONDS);
    assertThat(taken).as("there is room again").isEqualTo(SumInbox.TAKEN);
  }

  /**
   * In the middle of the message, or when it has arrived and its answer has not: then the owner has
   * the sum twice.
   */
  @ParameterizedTest
  @ValueSource(doubles = {0, 0.5, 1})
  void aSumIsSentAgainWhenItsConnectionIsCutOff(double part) {
    long size = send(STEP, 0, 1) / 2;
    Relay.Connection connection = relay.open().get(0);
    connection.resetAfter(Math.round(part * (FRAME_BYTES + size)));
    assertThat(send(STEP, 1, 2)).isPositive();
    assertThat(connection.isOpen()).isFalse();
    assertSame(together(STEP, 2), expected(1, 2));
  }
}

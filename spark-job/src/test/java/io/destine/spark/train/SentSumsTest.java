package io.destine.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.config.ModelConfig;
import io.destine.feature.FieldLayout;
import io.destine.param.ParameterLayout;
import io.destine.spark.SharedSpark;
import io.destine.spark.channel.BufferOutput;
import io.destine.spark.channel.DriverAddress;
import io.destine.spark.channel.DriverClient;
import io.destine.spark.channel.DriverService;
import io.destine.spark.channel.Relay;
import io.destine.train.GradientSum;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A sum reaches the driver once, whatever happens to the connection by which it is sent. */
class SentSumsTest {
  private static final long STEP = 77;
  private static final int IDS = 3000;

  /** Length, type, number and length of the body: what Spark's networking puts first. */
  private static final int FRAME_BYTES = 8 + 1 + 8 + 4;

  /** The kind of the message, and the step. */
  private static final int HEAD_BYTES = 1 + Long.BYTES;

  private static final ParameterLayout LAYOUT =
      ParameterLayout.of(
          ModelConfig.interaction().embeddingDim(3).layers(1).wide(true).build(),
          FieldLayout.ofIds(2));

  private DriverService service;
  private Relay relay;
  private DriverClient client;

  @BeforeEach
  void open() throws IOException {
    service = new DriverService(SharedSpark.context().sc());
    SentSums.receive(service);
    SentSums.open(STEP);
    DriverAddress address = service.address();
    relay =
        new Relay(
            new InetSocketAddress(address.host(), 0),
            new InetSocketAddress(address.host(), address.port()));
    client = new DriverClient(new DriverAddress(address.host(), relay.port()));
  }

  @AfterEach
  void close() {
    client.close();
    relay.close();
    SentSums.end(STEP);
    service.close();
  }

  /** Sums of numbers that a seed decides. */
  private static StepSum sum(int seed) {
    GradientSum sum = new GradientSum(LAYOUT, 40);
    sum.addLoss(0.25 * seed, 1, 1);
    for (int id = 0; id < IDS; id++) {
      sum.addEmbedding(id, new double[] {seed + id, 0.5 * id, -seed}, 0);
      sum.addWide(id, 0.125 * (id + seed));
    }
    StepSum step = new StepSum();
    step.set(sum, LocalSteps.NONE);
    return step;
  }

  private static byte[] bytes(GradientSum sum) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    sum.write(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  /** The result of the task as the driver reads it. */
  private static byte[] returned(StepSum sum) throws IOException, ClassNotFoundException {
    byte[] result = result(sum);
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(result))) {
      return bytes(((StepSum) in.readObject()).sum());
    }
  }

  private static byte[] result(StepSum sum) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(sum);
    }
    return bytes.toByteArray();
  }

  private static int messageBytes(StepSum sum) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    sum.write(new DataOutputStream(bytes));
    return FRAME_BYTES + HEAD_BYTES + bytes.size();
  }

  @Test
  void aTaskReturnsTheNameOfASumThatHasBeenSent() throws Exception {
    StepSum sum = sum(1);
    SentSums.send(client, STEP, sum);
    assertThat(result(sum)).hasSizeLessThan(200);
    assertThat(returned(sum)).isEqualTo(bytes(sum(1).sum()));
  }

  /** Out of memory, say: whoever waits for the sum is told. */
  @Test
  void aSumThatCannotBeReadFailsWhoeverTakesIt() throws Exception {
    BufferOutput bytes = new BufferOutput(64);
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeByte(2);
    out.writeLong(STEP);
    out.writeBoolean(false);
    out.write(new byte[] {1, 2, 3});
    int number = client.ask(bytes.buffer(), ByteBuffer::getInt).get(30, TimeUnit.SECONDS);
    assertThatThrownBy(
            () ->
                CompletableFuture.supplyAsync(() -> SentSums.take(new SentSums.Key(STEP, number)))
                    .get(30, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class);
  }

  /**
   * In the middle of the message, or when it has arrived and its answer has not: then the driver
   * has the sum twice, and takes the one that the task returns.
   */
  @ParameterizedTest
  @ValueSource(doubles = {0, 0.5, 1})
  void aTaskReturnsASumWhoseConnectionWasCutOff(double part) throws Exception {
    SentSums.send(client, STEP, sum(1));
    Relay.Connection connection = relay.open().get(0);
    StepSum sum = sum(2);
    connection.resetAfter(Math.round(part * messageBytes(sum)));
    SentSums.send(client, STEP, sum);
    assertThat(connection.isOpen()).isFalse();
    assertThat(result(sum)).hasSizeGreaterThan(10_000);
    assertThat(returned(sum)).isEqualTo(bytes(sum(2).sum()));

    StepSum next = sum(3);
    SentSums.send(client, STEP, next);
    assertThat(result(next)).as("by a new connection").hasSizeLessThan(200);
    assertThat(returned(next)).isEqualTo(bytes(sum(3).sum()));
  }
}

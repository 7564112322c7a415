package io.destine.spark.internals;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.spark.SharedSpark;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Fails when a version of Spark changes the networking classes that {@link MessageService} uses.
 */
class MessageServiceTest {
  private static final byte KIND = 7;

  private final MessageService service = new MessageService(SharedSpark.context().sc());
  private final MessageClient client = new MessageClient();

  @AfterEach
  void close() {
    client.close();
    service.close();
  }

  private static ByteBuffer message(int number) {
    return ByteBuffer.wrap(new byte[] {KIND, (byte) number});
  }

  private static ByteBuffer answer(int number) {
    return ByteBuffer.wrap(new byte[] {(byte) number});
  }

  private static <T> T get(CompletableFuture<T> answer) throws Exception {
    return answer.get(30, TimeUnit.SECONDS);
  }

  @Test
  void messagesAreAnsweredInAnyOrderByAnyThread() throws Exception {
    ConcurrentLinkedQueue<Runnable> held = new ConcurrentLinkedQueue<>();
    service.handle(
        KIND,
        (message, reply) -> {
          byte number = message.get();
          held.add(() -> reply.send(answer(number + 1)));
          if (number == 3) {
            List<Runnable> all = new ArrayList<>(held);
            Collections.reverse(all);
            new Thread(() -> all.forEach(Runnable::run)).start();
          }
        });
    List<CompletableFuture<Byte>> answers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      answers.add(client.ask(service.address(), message(i), ByteBuffer::get));
    }
    for (int i = 0; i < 4; i++) {
      assertThat(get(answers.get(i))).isEqualTo((byte) (i + 1));
    }
  }

  /** Trainings of one application run side by side, for example in a search. */
  @Test
  void aPortInUseIsFollowedByTheNextOnes() {
    SparkConf conf = SharedSpark.context().sc().conf();
    int port = service.address().port();
    conf.set(MessageService.PORT, String.valueOf(port));
    try (MessageService second = new MessageService(SharedSpark.context().sc())) {
      assertThat(second.address().port()).isGreaterThan(port).isLessThanOrEqualTo(port + 16);
    } finally {
      conf.remove(MessageService.PORT);
    }
  }

  /**
   * Tasks send as many requests to their own executor as to any other; those must not use the
   * network.
   */
  @Test
  void messagesOfAnExecutorToItselfAreNotSent() throws Exception {
    MessageService executor = MessageService.inExecutor();
    List<Thread> threads = new ArrayList<>();
    executor.handle(
        KIND,
        (message, reply) -> {
          threads.add(Thread.currentThread());
          reply.send(answer(message.get() + 1));
        });
    byte answer = get(client.ask(executor.address(), message(4), ByteBuffer::get));
    assertThat(answer).isEqualTo((byte) 5);
    assertThat(threads).containsExactly(Thread.currentThread());
    executor.handle(KIND, null);
    assertThat(client.ask(executor.address(), message(4), ByteBuffer::get))
        .failsWithin(10, TimeUnit.SECONDS)
        .withThrowableThat()
        .withMessageContaining("no handler for messages of kind " + KIND);
    executor.close();
    assertThat(client.ask(executor.address(), message(4), ByteBuffer::get))
        .as("sent, and nobody listens")
        .failsWithin(30, TimeUnit.SECONDS)
        .withThrowableThat()
        .withMessageNotContaining("no handler");
    assertThat(threads).hasSize(1);
  }

  @Test
  void messagesThatFailAreAnsweredAndLoggedEverMoreRarely() throws Exception {
    service.handle(
        KIND,
        (message, reply) -> {
          throw new IllegalArgumentException("no message of ours");
        });
    ByteArrayOutputStream logged = new ByteArrayOutputStream();
    PrintStream err = System.err;
    System.setErr(new PrintStream(logged, true, StandardCharsets.UTF_8));
    try {
      for (int n = 0; n < 1000; n++) {
        byte kind = n % 2 == 0 ? KIND : 99;
        CompletableFuture<Byte> asked =
            client.ask(
                service.address(), ByteBuffer.wrap(new byte[] {kind, 1, 2, 3}), ByteBuffer::get);
        assertThatThrownBy(() -> get(asked)).hasMessageContaining("message");
      }
    } finally {
      System.setErr(err);
    }
    assertThat(logged.toString(StandardCharsets.UTF_8).lines()).hasSizeLessThan(20);
  }

  /** More than one frame of the network holds, both ways. */
  @Test
  void largeMessagesArriveWhole() throws Exception {
    int numbers = 3_000_000;
    service.handle(
        KIND,
        (message, reply) -> {
          ByteBuffer copy = ByteBuffer.allocate(message.remaining());
          reply.send(copy.put(message).flip());
        });
    BufferOutput bytes = new BufferOutput(16);
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeByte(KIND);
    for (int i = 0; i < numbers; i++) {
      out.writeInt(i);
    }
    long wrong =
        get(client.ask(service.address(), bytes.buffer(), answer -> differing(answer, numbers)));
    assertThat(wrong).isZero();
  }

  private static long differing(ByteBuffer answer, int numbers) {
    try (DataInputStream in = new DataInputStream(new BufferInput(answer))) {
      long wrong = 0;
      for (int i = 0; i < numbers; i++) {
        wrong += in.readInt() == i ? 0 : 1;
      }
      return wrong + in.available();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aKindThatNobodyTakesIsAFailure() {
    assertThatThrownBy(() -> get(client.ask(service.address(), message(1), ByteBuffer::get)))
        .hasMessageContaining("no handler for messages of kind " + KIND);
  }

  @Test
  void aReaderThatFailsFailsTheResult() {
    service.handle(KIND, (message, reply) -> reply.send(answer(1)));
    assertThatThrownBy(() -> get(client.ask(service.address(), message(1), ByteBuffer::getLong)))
        .hasRootCauseInstanceOf(BufferUnderflowException.class);
  }

  /**
   * The callback for a lost connection precedes the close. Here the callback waits until another
   * thread has sent a request.
   */
  @Test
  void aMessageAfterALossGoesByANewConnection() throws Exception {
    int frame = 8 + 1 + 8 + 4;
    service.handle(KIND, (message, reply) -> reply.send(answer(message.get() + 1)));
    Address address = service.address();
    try (Relay relay =
            new Relay(
                new InetSocketAddress(address.host(), 0),
                new InetSocketAddress(address.host(), address.port()));
        MessageClient relayed = new MessageClient()) {
      Address far = new Address(address.host(), relay.port());
      byte first = get(relayed.ask(far, message(0), ByteBuffer::get));
      assertThat(first).isEqualTo((byte) 1);
      // When the message has arrived: its answer is lost.
      relay.open().get(0).resetAfter(frame + message(1).remaining());
      CompletableFuture<CompletableFuture<Byte>> next = new CompletableFuture<>();
      CompletableFuture<Byte> lost = relayed.ask(far, message(1), ByteBuffer::get);
      CompletableFuture<Byte> told =
          lost.whenComplete(
              (number, failure) -> {
                new Thread(() -> next.complete(relayed.ask(far, message(2), ByteBuffer::get)))
                    .start();
                try {
                  next.get(2, TimeUnit.SECONDS);
                } catch (Exception e) {
                  // The new connection waits for this thread.
                }
              });
      assertThatThrownBy(() -> get(told)).hasRootCauseInstanceOf(IOException.class);
      byte third = get(get(next));
      assertThat(third).isEqualTo((byte) 3);
    }
  }

  @Test
  void aConnectionThatIsLostFailsWhatWaits() {
    service.handle(KIND, (message, reply) -> {});
    CompletableFuture<Byte> waiting = client.ask(service.address(), message(1), ByteBuffer::get);
    service.close();
    assertThatThrownBy(() -> get(waiting)).hasRootCauseInstanceOf(IOException.class);
  }

  /** A client in a task uses the Spark environment of its executor. */
  @Test
  void tasksAsk() {
    service.handle(KIND, (message, reply) -> reply.send(answer(2 * message.get())));
    Address address = service.address();
    List<Integer> doubled =
        SharedSpark.context()
            .parallelize(List.of(1, 2, 3, 4), 4)
            .map(
                n -> {
                  try (MessageClient own = new MessageClient()) {
                    return (int) get(own.ask(address, message(n), ByteBuffer::get));
                  }
                })
            .collect();
    assertThat(doubled).containsExactly(2, 4, 6, 8);
  }
}

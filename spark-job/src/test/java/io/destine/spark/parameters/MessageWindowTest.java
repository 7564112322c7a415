package io.destine.spark.parameters;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.spark.SharedSpark;
import io.destine.spark.internals.MessageClient;
import io.destine.spark.internals.MessageService;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MessageWindowTest {
  private static final byte KIND = 7;
  private static final byte HELD = 0;

  /** The first message of this number fails. */
  private static final byte FAILS_ONCE = 3;

  private final MessageService service = new MessageService(SharedSpark.context().sc());
  private final MessageClient client = new MessageClient();
  private final Queue<MessageService.Reply> held = new ConcurrentLinkedQueue<>();
  private final List<Byte> taken = new ArrayList<>();
  private final MessageWindow<Byte> window = new MessageWindow<>();
  private volatile boolean failed;

  MessageWindowTest() {
    service.handle(
        KIND,
        (message, reply) -> {
          byte number = message.get();
          if (number == HELD) {
            held.add(reply);
          } else if (number == FAILS_ONCE && !failed) {
            failed = true;
            reply.fail(new IllegalStateException("once"));
          } else {
            reply.send(answer(number));
          }
        });
  }

  @AfterEach
  void close() {
    client.close();
    service.close();
  }

  private static ByteBuffer answer(byte number) {
    return ByteBuffer.wrap(new byte[] {number});
  }

  private void send(int owner, byte number, long bytes) {
    ByteBuffer message = ByteBuffer.wrap(new byte[] {KIND, number});
    window.add(
        owner,
        new SentMessage<>(client, service.address(), message, ByteBuffer::get),
        bytes,
        taken::add);
  }

  /** The owner of the first message answers last. */
  @Test
  void answersAreTakenAsTheyArrive() {
    send(0, HELD, 10);
    send(1, (byte) 1, 10);
    send(1, (byte) 2, 10);
    assertThat(window.to(1)).isEqualTo(2);
    window.await();
    window.await();
    assertThat(taken).containsExactlyInAnyOrder((byte) 1, (byte) 2);
    assertThat(window.to(0)).isEqualTo(1);
    assertThat(window.to(1)).isZero();
    while (held.isEmpty()) {
      Thread.onSpinWait();
    }
    held.remove().send(answer(HELD));
    window.await();
    assertThat(taken).endsWith(HELD);
    assertThat(window.isEmpty()).isTrue();
  }

  @Test
  void bytesInFlightAreLimited() {
    assertThat(window.hasRoom(2L * OwnerMap.WINDOW)).isTrue();
    send(0, (byte) 1, OwnerMap.WINDOW - 10);
    assertThat(window.hasRoom(10)).isTrue();
    assertThat(window.hasRoom(11)).isFalse();
    window.await();
    assertThat(window.hasRoom(2L * OwnerMap.WINDOW)).isTrue();
  }

  /** At first, the first owner has no pieces left, the second has one and the third two. */
  @Test
  void theNextPieceGoesToTheOwnerWithTheFewestInFlight() {
    int[] owners = {4, 5, 6};
    int[] to = {0, 2, 2};
    assertThat(window.next(-1, owners, new int[] {0, 1, 0}, to)).isEqualTo(1);
    assertThat(window.next(1, owners, new int[] {0, 1, 0}, to)).isEqualTo(2);
    send(6, HELD, 10);
    assertThat(window.next(1, owners, new int[] {0, 1, 0}, to)).isEqualTo(1);
    assertThat(window.next(1, owners, new int[] {0, 2, 0}, to)).isEqualTo(2);
    assertThat(window.next(1, owners, to, to)).isEqualTo(-1);
  }

  @Test
  void aMessageThatFailsIsSentAgain() {
    send(0, HELD, 10);
    send(1, FAILS_ONCE, 10);
    window.await();
    assertThat(failed).isTrue();
    assertThat(taken).containsExactly(FAILS_ONCE);
  }
}

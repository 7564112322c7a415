package io.destine.spark.parameters;

import io.destine.spark.internals.Address;
import io.destine.spark.internals.MessageClient;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pending message, which is sent again when its connection fails. Used by the sending thread
 * only, except that another thread reads the answer.
 */
final class SentMessage<T> {
  private static final Logger LOG = LoggerFactory.getLogger(SentMessage.class);

  /** Interval at which a task checks whether it has been killed. */
  private static final long LOOK_MILLIS = 500;

  /** Number of failures of a message after which the task fails. Messages are idempotent. */
  private static final int MOST_FAILURES = 5;

  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final MessageClient client;
  private final Address address;
  private final ByteBuffer message;
  private final Function<ByteBuffer, T> reader;
  private final Runnable requireAlive;
  private CompletableFuture<T> answer;
  private int failures;

  /** Identifies the request whose answer is read; null once an answer has been read. */
  private Object awaited;

  /**
   * Sends a message of a task, or of the driver.
   *
   * @param reader converts the answer to the result, once, in another thread
   */
  SentMessage(
      MessageClient client, Address address, ByteBuffer message, Function<ByteBuffer, T> reader) {
    this(client, address, message, reader, SentMessage::requireTaskAlive);
  }

  /**
   * Sends a message.
   *
   * @param reader converts the answer to the result, once, in another thread
   * @param requireAlive throws if the answer is no longer needed or cannot arrive
   */
  SentMessage(
      MessageClient client,
      Address address,
      ByteBuffer message,
      Function<ByteBuffer, T> reader,
      Runnable requireAlive) {
    this.client = client;
    this.address = address;
    this.message = message;
    this.reader = reader;
    this.requireAlive = requireAlive;
    send();
  }

  /** Sends the message; it may be sent again after it has been answered. */
  void send() {
    Object request = new Object();
    synchronized (this) {
      awaited = request;
    }
    answer = client.ask(address, message.duplicate(), found -> read(request, found));
  }

  /** A late answer must not touch memory that others use by then. */
  private synchronized T read(Object request, ByteBuffer found) {
    if (awaited != request) {
      throw new IllegalStateException("an answer to no open request");
    }
    awaited = null;
    return reader.apply(found);
  }

  /** Stops reading answers. */
  synchronized void giveUp() {
    awaited = null;
  }

  /**
   * The result.
   *
   * @throws IllegalStateException if the other process does not answer after all retries
   */
  T await() {
    while (true) {
      first(List.of(this));
      try {
        return answer.join();
      } catch (CompletionException e) {
        again(e.getCause());
      }
    }
  }

  /**
   * Waits until one of several messages has an answer or has failed; {@link #await} then returns at
   * once, or sends it again.
   *
   * @param messages of the same thread, at least one
   */
  static <T> SentMessage<T> first(List<SentMessage<T>> messages) {
    while (true) {
      for (SentMessage<T> message : messages) {
        if (message.answer.isDone()) {
          return message;
        }
      }
      try {
        CompletableFuture.anyOf(
                messages.stream().map(m -> m.answer).toArray(CompletableFuture<?>[]::new))
            .exceptionally(failure -> null)
            .get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        // A retry now would reset the idle timeout of a dead connection.
        messages.forEach(message -> message.requireAlive.run());
      } catch (ExecutionException e) {
        throw new IllegalStateException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        messages.forEach(message -> message.requireAlive.run());
        throw new IllegalStateException("interrupted while waiting for an answer", e);
      }
    }
  }

  private void again(Throwable failure) {
    requireAlive.run();
    failures++;
    if (failures == MOST_FAILURES) {
      throw new IllegalStateException(
          "the process at " + address.host() + ":" + address.port() + " does not answer", failure);
    }
    LOG.warn(
        "a message to {}:{} has failed and is sent again: {}",
        address.host(),
        address.port(),
        failure.toString());
    LockSupport.parkNanos(PAUSE_NANOS);
    send();
  }

  private static void requireTaskAlive() {
    TaskContext task = TaskContext.get();
    if (task != null && task.isInterrupted()) {
      throw new TaskKilledException("killed while waiting for an answer");
    }
  }
}

package io.destine.spark.parameters;

import io.destine.param.Parameters;
import io.destine.spark.channel.DriverClient;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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
 * Asks the driver for rows of the parameter tables, in pieces that several threads of the driver
 * answer at the same time and that stay below what collectors treat as large arrays.
 */
final class RowRequests {
  private static final Logger LOG = LoggerFactory.getLogger(RowRequests.class);

  /** Numbers of a piece. */
  private static final int PIECE_NUMBERS = 1 << 17;

  /** How often a task looks whether it has been killed. */
  private static final long LOOK_MILLIS = 500;

  /** Failures of a request before the task fails, too. Asking twice does no harm. */
  private static final int MOST_FAILURES = 5;

  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private RowRequests() {}

  /**
   * What rows have cost.
   *
   * @param nanos from when the parameters had the version, or were asked for if that was later
   * @param waited true when the driver held the requests until the parameters had the version
   * @param bytes sent, both ways
   */
  record Fetched(long nanos, boolean waited, long bytes) {}

  /** What has come of a piece: for how long it was held, -1 when its step is over. */
  private record Answer(long heldNanos, int bytes) {}

  /** A request that is on its way. */
  private static final class Piece {
    private final DriverClient driver;
    private final ByteBuffer message;
    private final Function<ByteBuffer, Answer> reader;
    private CompletableFuture<Answer> answer;
    private int failures;

    /** Names the request whose answer is read; null when one has been. */
    private Object awaited;

    Piece(DriverClient driver, ByteBuffer message, Function<ByteBuffer, Answer> reader) {
      this.driver = driver;
      this.message = message;
      this.reader = reader;
      send();
    }

    private void send() {
      Object request = new Object();
      synchronized (this) {
        awaited = request;
      }
      answer = driver.ask(message.duplicate(), found -> read(request, found));
    }

    /** An answer that comes when it is no longer awaited must not touch memory that others use. */
    private synchronized Answer read(Object request, ByteBuffer found) {
      if (awaited != request) {
        throw new IllegalStateException("an answer that nobody waits for");
      }
      awaited = null;
      return reader.apply(found);
    }

    Answer await() {
      while (true) {
        try {
          return answer.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
          // Asking again now would keep a dead connection from being silent, and so from its end.
          requireAlive();
        } catch (ExecutionException e) {
          again(e.getCause());
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          requireAlive();
          throw new IllegalStateException("interrupted while waiting for parameters", e);
        }
      }
    }

    private void again(Throwable failure) {
      requireAlive();
      failures++;
      if (failures == MOST_FAILURES) {
        throw new IllegalStateException("the driver does not send parameters", failure);
      }
      LOG.warn("a request for parameters has failed and is sent again: {}", failure.toString());
      LockSupport.parkNanos(PAUSE_NANOS);
      send();
    }
  }

  private static void requireAlive() {
    TaskContext task = TaskContext.get();
    if (task != null && task.isInterrupted()) {
      throw new TaskKilledException("killed while waiting for parameters");
    }
  }

  /** The most ids of a request for rows of such tables. */
  static int mostIds(Parameters parameters) {
    int width = parameters.layout().embeddingDim() + (parameters.wide() == null ? 0 : 1);
    return Math.max(1, PIECE_NUMBERS / width);
  }

  /**
   * Fetches rows.
   *
   * @param driver that has them
   * @param step names a step to the driver, or {@link ParameterService#NO_STEP}
   * @param version of the parameters
   * @param dense whether dense tensors and statistics are wanted, too
   * @param ids [K]
   * @param into whose rows from {@code first} on are set
   * @return null when the step is over
   */
  static Fetched fetch(
      DriverClient driver,
      long step,
      long version,
      boolean dense,
      int[] ids,
      Parameters into,
      int first) {
    int most = mostIds(into);
    long start = System.nanoTime();
    List<Piece> pieces = new ArrayList<>();
    int from = 0;
    do {
      int to = Math.min(ids.length, from + most);
      boolean withDense = dense && from == 0;
      ByteBuffer message = RowMessages.request(step, version, withDense, ids, from, to);
      int at = first + from;
      int end = first + to;
      Function<ByteBuffer, Answer> reader =
          answer -> {
            int bytes = message.remaining() + answer.remaining();
            return new Answer(RowMessages.read(answer, withDense, into, at, end), bytes);
          };
      pieces.add(new Piece(driver, message, reader));
      from = to;
    } while (from < ids.length);
    long held = Long.MAX_VALUE;
    long bytes = 0;
    boolean over = false;
    for (Piece piece : pieces) {
      Answer answer = piece.await();
      over |= answer.heldNanos() < 0;
      held = Math.min(held, answer.heldNanos());
      bytes += answer.bytes();
    }
    if (over) {
      return null;
    }
    into.changed();
    return new Fetched(System.nanoTime() - start - held, held > 0, bytes);
  }
}

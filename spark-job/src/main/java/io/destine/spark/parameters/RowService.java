package io.destine.spark.parameters;

import io.destine.feature.EncodedBatch;
import io.destine.param.Parameters;
import io.destine.spark.internals.DaemonThreads;
import io.destine.spark.internals.MessageService;
import io.destine.spark.internals.Outcome;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * Gives tasks the parameters of one version: table rows and, in the driver, also the dense tensors
 * and statistics. Tasks in this JVM read them in place, others send messages. A task that requests
 * a version before it exists waits for it, so tasks of the next step can be started while the
 * parameters are being updated. Rows of a step are brought up to date before they are read.
 *
 * <p>One thread updates the parameters; threads of this object answer requests, but not during an
 * update.
 */
final class RowService implements AutoCloseable {
  /** The step number of requests outside steps, which score rows. */
  static final long NO_STEP = 0;

  /** Returned to a task when its step is over. */
  static final long OVER = -1;

  /** Memory of a waiting request in addition to its ids. */
  private static final long WAITING_BYTES = 200;

  private final Parameters parameters;
  private final Steps steps;
  private final ExecutorService workers =
      Executors.newFixedThreadPool(
          Math.max(2, Runtime.getRuntime().availableProcessors()),
          new DaemonThreads("parameter-service"));
  private final AtomicLong bytes = new AtomicLong();
  private final long mostHeldBytes = Runtime.getRuntime().maxMemory() / 4;
  private volatile Consumer<int[]> catchUp = rows -> {};

  /** Read lock: a request of a step is being answered. Write lock: rows are being updated. */
  private final ReadWriteLock moving = new ReentrantReadWriteLock();

  // All fields below are guarded by this.

  private final List<Asking> waiting = new ArrayList<>();
  private long version;

  /** The open steps. Any thread. */
  interface Steps {
    /** Whether tasks of a step may send requests. */
    boolean isOpen(long step);

    /** A task of the step is about to be answered, or has ended in this JVM. */
    void begun(long step);
  }

  /**
   * A waiting request of a task.
   *
   * @param bytes of memory that the request takes while it waits
   * @param since time of the request
   * @param go receives the waiting time in nanoseconds, or {@link #OVER}
   */
  private record Asking(long step, long version, long bytes, long since, LongConsumer go) {}

  /**
   * A service of the given parameters.
   *
   * @param parameters float32; requests refer to their rows
   * @param version current version of the parameters
   */
  RowService(Parameters parameters, Steps steps, long version) {
    this.version = version;
    this.parameters = parameters;
    this.steps = steps;
  }

  /**
   * Sets the action that brings rows up to date before tasks of a step read them.
   *
   * @param catchUp receives the rows, in any thread
   */
  void beforeReading(Consumer<int[]> catchUp) {
    this.catchUp = catchUp;
  }

  /** The number of updates of the parameters. */
  synchronized long version() {
    return version;
  }

  /** How long the first request of a step has waited for its version; 0 if none waits. */
  synchronized long waitedNanos(long step) {
    long now = System.nanoTime();
    return waiting.stream()
        .filter(asked -> asked.step() == step)
        .mapToLong(asked -> now - asked.since())
        .max()
        .orElse(0);
  }

  /**
   * Ends the waiting requests of a step that is no longer open; afterwards no parameters are read
   * for requests of the step.
   */
  void ended(long step) {
    List<Asking> ended = new ArrayList<>();
    synchronized (this) {
      waiting.removeIf(asked -> asked.step() == step && ended.add(asked));
    }
    ended.forEach(asked -> asked.go().accept(OVER));
    change(() -> {});
  }

  /** Updates the parameters to the next version, while no answers are sent. */
  void move(Runnable move) {
    change(move);
    moved();
  }

  /** Changes the parameters within their version, while no answers are sent. */
  void change(Runnable change) {
    moving.writeLock().lock();
    try {
      change.run();
    } finally {
      moving.writeLock().unlock();
    }
  }

  /** The parameters have the next version. */
  synchronized void moved() {
    version++;
    long now = System.nanoTime();
    List<Asking> before = List.copyOf(waiting);
    waiting.clear();
    before.forEach(asked -> take(asked, now));
  }

  /** Handles a message; an invalid one is answered with a failure. */
  void receive(ByteBuffer message, MessageService.Reply reply) {
    bytes.addAndGet(message.remaining());
    RowMessages.Request request =
        RowMessages.Request.read(message, RowRequests.mostIds(parameters), parameters.rows());
    long size = WAITING_BYTES + 4L * request.ids().length;
    ask(
        request.step(),
        request.version(),
        size,
        held -> {
          if (held == OVER) {
            reply.send(RowMessages.over());
          } else {
            workers.execute(() -> answer(request, reply, held));
          }
        });
  }

  /**
   * Waits until tasks in this JVM may read the parameters of a step.
   *
   * @param rows encoded rows; the table rows of their ids are brought up to date
   * @return nanoseconds of waiting for the version; {@link #OVER} if the step is over
   */
  long await(long step, long wanted, List<EncodedBatch> rows) {
    CompletableFuture<Long> told = new CompletableFuture<>();
    ask(step, wanted, WAITING_BYTES, told::complete);
    long held = Outcome.of(told);
    if (held == OVER) {
      return OVER;
    }
    moving.readLock().lock();
    try {
      if (!steps.isOpen(step)) {
        return OVER;
      }
      for (EncodedBatch batch : rows) {
        catchUp.accept(batch.ids());
        catchUp.accept(batch.multiIds());
      }
    } finally {
      moving.readLock().unlock();
    }
    return held;
  }

  private synchronized void ask(long step, long wanted, long size, LongConsumer go) {
    long now = System.nanoTime();
    take(new Asking(step, wanted, size, now, go), now);
  }

  private void take(Asking asked, long now) {
    boolean ofStep = asked.step() != NO_STEP && steps.isOpen(asked.step());
    boolean known = ofStep || asked.step() == NO_STEP;
    // Only tasks of the next step ask before a version exists.
    boolean early = ofStep && asked.version() == version + 1;
    if (!known || (asked.version() != version && !early)) {
      asked.go().accept(OVER);
    } else if (early) {
      hold(asked);
    } else {
      asked.go().accept(now - asked.since());
    }
  }

  private void hold(Asking asked) {
    long held = waiting.stream().mapToLong(Asking::bytes).sum();
    if (held + asked.bytes() > mostHeldBytes) {
      throw new IllegalStateException(
          "requests for the next version must have at most "
              + mostHeldBytes
              + " bytes, a quarter of the heap");
    }
    waiting.add(asked);
  }

  private void answer(RowMessages.Request request, MessageService.Reply reply, long heldNanos) {
    ByteBuffer answer;
    try {
      answer = values(request, heldNanos);
    } catch (Throwable e) {
      // Without an answer the task would wait as long as others use its connection.
      reply.fail(e);
      if (e instanceof Error error) {
        throw error;
      }
      return;
    }
    bytes.addAndGet(answer.remaining());
    // Called before the answer is sent: afterwards a short step may end and the next one begin.
    steps.begun(request.step());
    reply.send(answer);
  }

  /** The requested values; no values if the step has ended meanwhile. */
  private ByteBuffer values(RowMessages.Request request, long heldNanos) {
    if (request.step() == NO_STEP) {
      return RowMessages.values(parameters, request, heldNanos);
    }
    moving.readLock().lock();
    try {
      if (!steps.isOpen(request.step())) {
        return RowMessages.over();
      }
      catchUp.accept(request.ids());
      return RowMessages.values(parameters, request, heldNanos);
    } finally {
      moving.readLock().unlock();
    }
  }

  /** Bytes of all requests and their answers so far. */
  long bytes() {
    return bytes.get();
  }

  @Override
  public void close() {
    workers.shutdown();
  }
}

package io.destine.spark.parameters;

import io.destine.param.Parameters;
import io.destine.spark.channel.MessageService;
import io.destine.spark.thread.DaemonThreads;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;

/**
 * Answers messages that ask for parameters of one version: rows of tables and, in the driver, all
 * numbers that are in no table. A request that comes before the version is there waits for it, so
 * that tasks of the next step can be started while the parameters still move. Rows of a step are
 * brought up to date before they are sent.
 *
 * <p>One thread moves the parameters; threads of this object answer, but not at the same time.
 */
final class RowService implements AutoCloseable {
  /** The step of a request that belongs to none: it scores rows. */
  static final long NO_STEP = 0;

  /** Of a request that waits, beside its ids. */
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

  /** Held for reading while a request of a step is answered, for writing while rows move. */
  private final ReadWriteLock moving = new ReentrantReadWriteLock();

  // All below are guarded by this.

  private final List<Waiting> waiting = new ArrayList<>();
  private long version;

  /** Which steps there are. Any thread. */
  interface Steps {
    /** Whether tasks of a step may ask. */
    boolean isOpen(long step);

    /** A task of the step is about to be answered. */
    void answered(long step);
  }

  private record Waiting(RowMessages.Request request, MessageService.Reply reply, long since) {
    long bytes() {
      return WAITING_BYTES + 4L * request.ids().length;
    }
  }

  /**
   * Answers for the given parameters.
   *
   * @param parameters float32, whose rows requests name
   * @param version of them
   */
  RowService(MessageService service, Parameters parameters, Steps steps, long version) {
    this.version = version;
    this.parameters = parameters;
    this.steps = steps;
    service.handle(RowMessages.KIND, this::receive);
  }

  /**
   * Has rows that tasks of a step are about to read brought up to date.
   *
   * @param catchUp takes the rows, in any thread
   */
  void beforeReading(Consumer<int[]> catchUp) {
    this.catchUp = catchUp;
  }

  /** How often the parameters have moved. */
  synchronized long version() {
    return version;
  }

  /** For how long the first request of a step has waited for its version, 0 when none waits. */
  synchronized long waitedNanos(long step) {
    long now = System.nanoTime();
    return waiting.stream()
        .filter(asked -> asked.request().step() == step)
        .mapToLong(asked -> now - asked.since())
        .max()
        .orElse(0);
  }

  /**
   * Tells those who wait that a step, which is open no longer, is over; nobody is being answered
   * afterwards.
   */
  void ended(long step) {
    List<Waiting> ended = new ArrayList<>();
    synchronized (this) {
      waiting.removeIf(asked -> asked.request().step() == step && ended.add(asked));
    }
    ended.forEach(asked -> asked.reply().send(RowMessages.over()));
    change(() -> {});
  }

  /** Moves the parameters, while nobody is being answered, to the next version. */
  void move(Runnable move) {
    change(move);
    moved();
  }

  /** Changes the parameters, while nobody is being answered, within their version. */
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
    List<Waiting> before = List.copyOf(waiting);
    waiting.clear();
    for (Waiting asked : before) {
      take(asked.request(), asked.reply(), asked.since(), now);
    }
  }

  /** A message that no task sends is answered by a failure. */
  private void receive(ByteBuffer message, MessageService.Reply reply) {
    bytes.addAndGet(message.remaining());
    long now = System.nanoTime();
    RowMessages.Request request =
        RowMessages.Request.read(message, RowRequests.mostIds(parameters), parameters.rows());
    synchronized (this) {
      take(request, reply, now, now);
    }
  }

  private void take(RowMessages.Request request, MessageService.Reply reply, long since, long now) {
    boolean ofStep = request.step() != NO_STEP && steps.isOpen(request.step());
    boolean known = ofStep || request.step() == NO_STEP;
    // Only tasks of the next step ask before a version is there.
    boolean early = ofStep && request.version() == version + 1;
    if (!known || (request.version() != version && !early)) {
      workers.execute(() -> reply.send(RowMessages.over()));
    } else if (early) {
      hold(new Waiting(request, reply, since));
    } else {
      workers.execute(() -> answer(request, reply, now - since));
    }
  }

  private void hold(Waiting asked) {
    long held = waiting.stream().mapToLong(Waiting::bytes).sum();
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
      // The task would wait for as long as its connection is in use by others.
      reply.fail(e);
      if (e instanceof Error error) {
        throw error;
      }
      return;
    }
    bytes.addAndGet(answer.remaining());
    // Before the answer: with it a short step may come to its end, and the next one begin.
    steps.answered(request.step());
    reply.send(answer);
  }

  /** The values that a request asks for; none when its step has ended meanwhile. */
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

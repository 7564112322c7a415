package io.destine.spark.parameters;

import io.destine.config.Precision;
import io.destine.param.Parameters;
import io.destine.spark.channel.DriverService;
import io.destine.spark.thread.DaemonThreads;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * The driver's parameters, for the tasks of a run. On a cluster a task asks for the rows that it
 * needs, of one version. A request that comes before the version is there waits for it, so that
 * tasks of the next step can be started while the parameters still move. In local mode tasks share
 * the parameters and ask for nothing.
 *
 * <p>One thread moves the parameters when all steps of their version have ended, and then calls
 * {@link #moved}; requests are answered by threads of this object.
 */
public final class ParameterService implements AutoCloseable {
  /** The step of a request that belongs to none: it scores rows. */
  static final long NO_STEP = 0;

  /** Of a request that waits, beside its ids. */
  private static final long WAITING_BYTES = 200;

  /** Steps of all services of this JVM have numbers of their own. */
  private static final AtomicLong LAST_STEP = new AtomicLong(NO_STEP);

  private final JavaSparkContext context;
  private final String run;
  private final Parameters parameters;
  private final boolean local;
  private final DriverService service;
  private final ExecutorService workers;
  private final AtomicLong bytes = new AtomicLong();
  private final long mostHeldBytes = Runtime.getRuntime().maxMemory() / 4;

  /** Brings rows of a step up to date before they are answered. */
  private volatile Consumer<int[]> catchUp = ids -> {};

  /** Held for reading while a request of a step is answered, for writing when the step ends. */
  private final ReadWriteLock answering = new ReentrantReadWriteLock();

  // All below are guarded by this.

  /** By step whose tasks may ask, what to do when the first of them is answered. */
  private final Map<Long, Runnable> steps = new HashMap<>();

  private final List<Waiting> waiting = new ArrayList<>();
  private long version;

  private record Waiting(RowMessages.Request request, DriverService.Reply reply, long since) {
    long bytes() {
      return WAITING_BYTES + 4L * request.ids().length;
    }
  }

  /**
   * Serves the given parameters.
   *
   * @param run an identity that no other run of the application has
   * @param parameters float32
   * @param local true when tasks run in this JVM and share them
   */
  public ParameterService(
      JavaSparkContext context, String run, Parameters parameters, boolean local) {
    if (parameters.precision() != Precision.FLOAT32) {
      throw new IllegalArgumentException(
          "parameters of tasks must be float32, got " + parameters.precision().key());
    }
    this.context = context;
    this.run = run;
    this.parameters = parameters;
    this.local = local;
    if (local) {
      SharedParameters.share(run, parameters, catchUp);
      service = null;
      workers = null;
    } else {
      workers =
          Executors.newFixedThreadPool(
              Math.max(2, Runtime.getRuntime().availableProcessors()),
              new DaemonThreads("parameter-service"));
      service = new DriverService(context.sc());
      service.handle(RowMessages.KIND, this::receive);
    }
  }

  /**
   * Has rows that tasks of a step are about to read brought up to date.
   *
   * @param catchUp takes their ids, in any thread
   */
  public void beforeReading(Consumer<int[]> catchUp) {
    this.catchUp = catchUp;
    if (local) {
      SharedParameters.share(run, parameters, catchUp);
    }
  }

  /** What takes messages of tasks on a cluster; null in local mode. */
  public DriverService service() {
    return service;
  }

  /** True when tasks run in this JVM and share its parameters. */
  public boolean local() {
    return local;
  }

  /** The parameters as they are now, for tasks that score rows. */
  public synchronized ParameterSource source() {
    return local
        ? new SharedParameters(run)
        : new RequestedParameters(run, service.address(), version, parameters.layout());
  }

  /** The parameters that the tasks of all steps share in local mode. */
  public StepParameters shared() {
    return new SharedParameters(run);
  }

  /** The current version: how often the parameters have moved. */
  public synchronized long version() {
    return version;
  }

  /**
   * Lets the tasks of a step ask for parameters.
   *
   * @param version that they ask for: the current one or the one after it
   * @param begun called, in a thread that it must not block, before the first of them is answered
   */
  public synchronized RequestedStep open(long version, Runnable begun) {
    long step = LAST_STEP.incrementAndGet();
    steps.put(step, begun);
    return new RequestedStep(run, service.address(), step, version);
  }

  /**
   * Ends a step: those of its tasks that wait, or come later, are told that it is over. None is
   * being answered afterwards.
   */
  public void end(RequestedStep step) {
    List<Waiting> ended = new ArrayList<>();
    synchronized (this) {
      steps.remove(step.step());
      waiting.removeIf(asked -> asked.request().step() == step.step() && ended.add(asked));
    }
    ended.forEach(asked -> asked.reply().send(RowMessages.over()));
    answering.writeLock().lock();
    answering.writeLock().unlock();
  }

  /** For how long the first task of a step has waited for its version, 0 when none waits. */
  public synchronized long waitedNanos(RequestedStep step) {
    long now = System.nanoTime();
    return waiting.stream()
        .filter(asked -> asked.request().step() == step.step())
        .mapToLong(asked -> now - asked.since())
        .max()
        .orElse(0);
  }

  /** The parameters have the next version. */
  public synchronized void moved() {
    version++;
    long now = System.nanoTime();
    List<Waiting> before = List.copyOf(waiting);
    waiting.clear();
    for (Waiting asked : before) {
      take(asked.request(), asked.reply(), asked.since(), now);
    }
  }

  /** A message that no task sends is answered by a failure. */
  private void receive(ByteBuffer message, DriverService.Reply reply) {
    bytes.addAndGet(message.remaining());
    long now = System.nanoTime();
    RowMessages.Request request =
        RowMessages.Request.read(message, RowRequests.mostIds(parameters), parameters.rows());
    synchronized (this) {
      take(request, reply, now, now);
    }
  }

  private void take(RowMessages.Request request, DriverService.Reply reply, long since, long now) {
    boolean ofStep = steps.containsKey(request.step());
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
              + " bytes, a quarter of the driver's heap");
    }
    waiting.add(asked);
  }

  private void answer(RowMessages.Request request, DriverService.Reply reply, long heldNanos) {
    ByteBuffer answer = values(request, heldNanos);
    bytes.addAndGet(answer.remaining());
    Runnable begun;
    synchronized (this) {
      begun = steps.replace(request.step(), () -> {});
    }
    // Before the answer: with it a short step may come to its end, and the next one begin.
    if (begun != null) {
      begun.run();
    }
    reply.send(answer);
  }

  /** The values that a request asks for; none when its step has ended meanwhile. */
  private ByteBuffer values(RowMessages.Request request, long heldNanos) {
    if (request.step() == NO_STEP) {
      return RowMessages.values(parameters, request, heldNanos);
    }
    answering.readLock().lock();
    try {
      synchronized (this) {
        if (!steps.containsKey(request.step())) {
          return RowMessages.over();
        }
      }
      catchUp.accept(request.ids());
      return RowMessages.values(parameters, request, heldNanos);
    } finally {
      answering.readLock().unlock();
    }
  }

  /** Bytes of all requests and their answers so far. */
  long bytes() {
    return bytes.get();
  }

  /** Ends the service and frees what this JVM and, where they can be reached, executors keep. */
  @Override
  public void close() {
    if (local) {
      SharedParameters.remove(run);
      Worker.remove(run);
      return;
    }
    service.close();
    workers.shutdown();
    RunRelease.everywhere(context, run);
  }
}

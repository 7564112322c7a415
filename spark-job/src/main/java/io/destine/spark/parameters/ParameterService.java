package io.destine.spark.parameters;

import io.destine.config.Precision;
import io.destine.param.Parameters;
import io.destine.spark.internals.MessageService;
import io.destine.train.GradientSum;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Serves the parameters of a run to its tasks. On a cluster a task requests the table rows that it
 * needs, of one version, and sends the gradients of table rows to their owner, which is the driver
 * or {@link TableOwners}. In local mode tasks share the parameters and send no requests.
 *
 * <p>One thread updates the parameters when all steps of their version have ended, and then calls
 * {@link #moved}.
 */
public final class ParameterService implements AutoCloseable {
  /** Steps have unique ascending numbers across all services of this JVM. */
  private static final AtomicLong LAST_STEP = new AtomicLong(RowService.NO_STEP);

  private final JavaSparkContext context;
  private final String run;
  private final Parameters parameters;

  /** Null in local mode. */
  private final MessageService service;

  private final OpenSteps open = new OpenSteps();
  private final RowService rows;
  private final SumInbox sums;

  /** Null unless executors own the tables. */
  private TableOwners owners;

  /** Null in local mode. */
  private volatile OwnerMap map;

  /** Guarded by this: for each open step, the action to run when its first task is answered. */
  private final Map<Long, Runnable> steps = new HashMap<>();

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
    rows = new RowService(parameters, open, 0);
    sums = new SumInbox(parameters::rows);
    if (local) {
      service = null;
      SharedParameters.share(run, parameters, rows, this::put);
    } else {
      service = new MessageService(context.sc());
      service.handle(RowMessages.KIND, rows::receive);
      service.handle(SumInbox.KIND, sums::receive);
      map = OwnerMap.of(service.address(), parameters.rows());
    }
  }

  /**
   * From now on executors own the tables, and the driver's parameters have no table rows.
   *
   * @param owners replace earlier owners, if any
   */
  public void own(TableOwners owners) {
    this.owners = owners;
    map = owners.map();
  }

  private boolean put(long step, int slot, GradientSum sum) {
    boolean taken = sums.put(new SumInbox.Piece(step, slot, 0, 1), sum);
    open.begun(step);
    return taken;
  }

  private final class OpenSteps implements RowService.Steps {
    @Override
    public boolean isOpen(long step) {
      synchronized (ParameterService.this) {
        return steps.containsKey(step);
      }
    }

    @Override
    public void begun(long step) {
      Runnable first;
      synchronized (ParameterService.this) {
        first = steps.replace(step, () -> {});
      }
      if (first != null) {
        first.run();
      }
    }
  }

  /**
   * Sets the action that brings rows up to date before tasks of a step read them.
   *
   * @param catchUp takes their ids, in any thread
   */
  public void beforeReading(Consumer<int[]> catchUp) {
    rows.beforeReading(catchUp);
  }

  /** True when tasks run in this JVM and share its parameters. */
  private boolean local() {
    return service == null;
  }

  /** The parameters as they are now, for tasks that score rows. */
  public ParameterSource source() {
    return local()
        ? new SharedParameters(run, RowService.NO_STEP, version())
        : new RequestedParameters(run, service.address(), map, rows.version(), parameters.layout());
  }

  /** The current version: the number of updates of the parameters. */
  public long version() {
    return rows.version();
  }

  /**
   * Opens a step: its tasks may request parameters.
   *
   * @param version that they request: the current one or the next
   * @param begun called before the first task is answered, in a thread that it must not block; in
   *     local mode it is called when the first task has ended, because launching the next job would
   *     compete with the task for the processor
   */
  public synchronized StepParameters open(long version, Runnable begun) {
    long step = LAST_STEP.incrementAndGet();
    steps.put(step, begun);
    return local()
        ? new SharedParameters(run, step, version)
        : new RequestedStep(run, service.address(), map, step, version);
  }

  /**
   * Ends a step: tasks that wait or arrive later learn that it is over. After the call no
   * parameters are read for their requests.
   */
  public void end(StepParameters step) {
    synchronized (this) {
      steps.remove(step.step());
    }
    rows.ended(step.step());
  }

  /**
   * The sum of a step whose tasks have ended, including everything they sent to the driver.
   *
   * @param sum without the parts that tasks sent to owners
   * @param tasks number of tasks that have sent something
   */
  public GradientSum complete(StepParameters step, GradientSum sum, int tasks) {
    if (local()) {
      return sum.merge(sums.take(step.step(), tasks));
    }
    if (owners == null) {
      return sum.addRows(sums.take(step.step(), tasks));
    }
    owners.complete(step.step(), tasks);
    return sum;
  }

  /** How long the first task of a step has waited for its version; 0 if none waits. */
  public long waitedNanos(StepParameters step) {
    return rows.waitedNanos(step.step());
  }

  /** The parameters have the next version. */
  public void moved() {
    if (owners != null) {
      owners.moved();
    }
    rows.moved();
  }

  /** Bytes of all requests and their answers so far. */
  long bytes() {
    return rows.bytes();
  }

  /** The message service, or null in local mode. */
  MessageService service() {
    return service;
  }

  /** Ends the service and frees the memory in this JVM and in reachable executors. */
  @Override
  public void close() {
    rows.close();
    if (local()) {
      SharedParameters.remove(run);
      Worker.remove(run);
      return;
    }
    service.close();
    RunRelease.everywhere(context, run);
  }
}

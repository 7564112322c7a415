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
 * The parameters of a run, for its tasks. On a cluster a task asks for the rows that it needs, of
 * one version, and sends the gradients of rows to their owner, which is the driver or {@link
 * TableOwners}. In local mode tasks share the parameters and ask for nothing.
 *
 * <p>One thread moves the parameters when all steps of their version have ended, and then calls
 * {@link #moved}.
 */
public final class ParameterService implements AutoCloseable {
  /** Steps of all services of this JVM have ascending numbers of their own. */
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

  /** Guarded by this: by step whose tasks may ask, what to do when the first is answered. */
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
   * Says that executors own the tables from now on, and that the parameters have no rows.
   *
   * @param owners in the place of those before, if there were any
   */
  public void own(TableOwners owners) {
    this.owners = owners;
    map = owners.map();
  }

  private boolean put(long step, int slot, GradientSum sum) {
    boolean taken = sums.put(step, slot, sum);
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
   * Has rows that tasks of a step are about to read brought up to date.
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

  /** The current version: how often the parameters have moved. */
  public long version() {
    return rows.version();
  }

  /**
   * Lets the tasks of a step ask for parameters.
   *
   * @param version that they ask for: the current one or the one after it
   * @param begun called, in a thread that it must not block, before the first of them is answered;
   *     in local mode, where a launch would take processor time from it, when the first has ended
   */
  public synchronized StepParameters open(long version, Runnable begun) {
    long step = LAST_STEP.incrementAndGet();
    steps.put(step, begun);
    return local()
        ? new SharedParameters(run, step, version)
        : new RequestedStep(run, service.address(), map, step, version);
  }

  /**
   * Ends a step: those of its tasks that wait, or come later, are told that it is over. None is
   * being answered afterwards.
   */
  public void end(StepParameters step) {
    synchronized (this) {
      steps.remove(step.step());
    }
    rows.ended(step.step());
  }

  /**
   * The sum of a step whose tasks have ended, with all that they have sent to the driver.
   *
   * @param sum without what tasks have sent to owners
   * @param tasks that have sent something
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

  /** For how long the first task of a step has waited for its version, 0 when none waits. */
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

  /** Where it is reached. */
  MessageService service() {
    return service;
  }

  /** Ends the service and frees what this JVM and, where they can be reached, executors keep. */
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

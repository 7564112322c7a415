package io.destine.spark.train;

import io.destine.spark.internals.DaemonThreads;
import io.destine.spark.internals.Outcome;
import io.destine.spark.parameters.ParameterService;
import io.destine.spark.parameters.StepParameters;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.spark.SparkContext;
import org.apache.spark.Success$;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.scheduler.SparkListenerTaskEnd;

/**
 * Launches the jobs of steps. When the tasks of a step have begun, the job of the next one is
 * started: its tasks take the cores that become free, choose their rows, request parameters and
 * wait for them. So a step does not have to wait for the launch of its job. Used only by the thread
 * that creates it.
 *
 * <p>Waiting tasks occupy cores. They are ended without a result when a task fails or an executor
 * is lost, since the running step then needs cores again, and when they have waited for a long
 * time, since Spark may want to run a copy of a slow task. Their step is then launched again in its
 * turn.
 */
final class StepLauncher implements AutoCloseable {
  private static final long PATIENCE_MILLIS = 2_000;
  private static final long LOOK_MILLIS = 500;
  private static final long END_SECONDS = 5;
  private static final int JOBS = 2;

  private final SparkContext context;
  private final ParameterService service;

  /** The jobs of a step and of the one after it. */
  private final ThreadPoolExecutor jobs =
      new ThreadPoolExecutor(
          JOBS,
          JOBS,
          0,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          new DaemonThreads("step-launcher"));

  private final ScheduledExecutorService watch =
      Executors.newSingleThreadScheduledExecutor(new DaemonThreads("step-watch"));
  private final SparkListener failures = new Failures();

  /** The step to start once the current tasks have begun, or null. */
  private Step following;

  /** The version of the parameters that this step needs. */
  private long followingVersion;

  /** The step that has been started ahead of its turn, or null. */
  private Launched ahead;

  /**
   * A step to run.
   *
   * @param tasks identity of its tasks: a step that was started ahead is used if it has the same
   *     tasks
   * @param job starts its tasks and adds up their results
   */
  record Step(Object tasks, Job job) {}

  /** Starts tasks that request the given parameters, and adds up their results. */
  @FunctionalInterface
  interface Job {
    StepSum run(StepParameters parameters);
  }

  /**
   * A step whose tasks have been started.
   *
   * @param begun true once one of them has its parameters
   */
  private record Launched(
      Step step, StepParameters parameters, Future<StepSum> result, AtomicBoolean begun) {}

  StepLauncher(SparkContext context, ParameterService service) {
    this.context = context;
    this.service = service;
    // Threads inherit Spark's job properties, such as the pool, from the thread that creates them.
    jobs.prestartAllCoreThreads();
    context.addSparkListener(failures);
    watch.scheduleWithFixedDelay(
        this::letGoOfThoseThatWaitLong, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
  }

  private final class Failures extends SparkListener {
    @Override
    public void onExecutorRemoved(SparkListenerExecutorRemoved removed) {
      letGo();
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd end) {
      if (end.reason() != Success$.MODULE$) {
        letGo();
      }
    }
  }

  /**
   * The sum of a step at the current version of the parameters.
   *
   * @param next the step to start ahead, or null
   */
  StepSum sum(Step step, Step next) {
    Launched launched = take(step, next);
    try {
      StepSum sum = Outcome.of(launched.result());
      if (sum.missed()) {
        throw new IllegalStateException("a task of a step was cancelled, since the step is over");
      }
      sum.complete(rest -> service.complete(launched.parameters(), rest, sum.senders()));
      return sum;
    } finally {
      end(launched);
    }
  }

  private synchronized Launched take(Step step, Step next) {
    Launched launched = ahead;
    long version = service.version();
    ahead = null;
    following = next;
    followingVersion = version + 1;
    if (launched != null
        && launched.step().tasks().equals(step.tasks())
        && launched.parameters().version() == version) {
      if (launched.begun().get()) {
        launchFollowing();
      }
      return launched;
    }
    end(launched);
    return launch(step, version);
  }

  private Launched launch(Step step, long version) {
    AtomicBoolean begun = new AtomicBoolean();
    StepParameters parameters = service.open(version, () -> begin(begun));
    return new Launched(step, parameters, jobs.submit(() -> step.job().run(parameters)), begun);
  }

  /**
   * A step that was started ahead may begin before it is taken; then no following step is set yet.
   */
  private synchronized void begin(AtomicBoolean begun) {
    begun.set(true);
    launchFollowing();
  }

  private void launchFollowing() {
    if (following != null) {
      ahead = launch(following, followingVersion);
      following = null;
    }
  }

  /** Ends the step started ahead and discards its result; it is launched again in its turn. */
  synchronized void letGo() {
    end(ahead);
    ahead = null;
    following = null;
  }

  private synchronized void letGoOfThoseThatWaitLong() {
    if (ahead != null
        && service.waitedNanos(ahead.parameters())
            > TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS)) {
      letGo();
    }
  }

  private void end(Launched launched) {
    if (launched != null) {
      service.end(launched.parameters());
    }
  }

  /**
   * Ends a step that was started ahead, discards its result, and waits a few seconds at most for
   * its job, which uses broadcasts of the training until it ends.
   */
  @Override
  public void close() {
    context.removeSparkListener(failures);
    watch.shutdownNow();
    letGo();
    jobs.shutdown();
    try {
      jobs.awaitTermination(END_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

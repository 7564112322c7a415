package io.destine.spark.train;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;

/**
 * The jobs of steps whose tasks run in the driver's JVM. When the first task of a step is done, the
 * job of the next one is started: its tasks take the cores that have become free and wait in {@link
 * LocalStep} until the parameters have moved. So a step does not wait for its job to be launched.
 * Used by one thread, the one that makes it.
 */
final class LocalJobs implements AutoCloseable {
  /** The job of a step and the one after it. */
  private static final int LAUNCHERS = 2;

  private final ThreadPoolExecutor launchers =
      new ThreadPoolExecutor(
          LAUNCHERS,
          LAUNCHERS,
          0,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          job -> {
            Thread thread = new Thread(job, "step-launcher");
            thread.setDaemon(true);
            return thread;
          });

  /** The job to start when a task is done; null for none. */
  private Job following;

  /** The job that has been started before its step, or null. */
  private Launched ahead;

  private record Launched(LocalStep step, Future<StepSum> result) {
    boolean begin(LongFunction<StepTask> task) {
      return step.begin(task.apply(step.number()));
    }
  }

  /** Does a step's work for each logical partition and adds up what comes of it. */
  @FunctionalInterface
  interface Job {
    StepSum run(StepWork work);
  }

  LocalJobs() {
    // Threads inherit Spark's properties of jobs, such as their pool, from the one that makes them.
    launchers.prestartAllCoreThreads();
  }

  /**
   * The sum of a step.
   *
   * @param task makes the step's task from the number under which it leaves its results
   * @param job the step's
   * @param following that of the step that follows directly, or null
   */
  StepSum sum(LongFunction<StepTask> task, Job job, Job following) {
    Launched launched = next(following);
    if (launched == null || !launched.begin(task)) {
      end(launched);
      launched = launch(job);
      launched.begin(task);
    }
    try {
      return launched.result().get();
    } catch (ExecutionException e) {
      throw LocalJobs.<RuntimeException>unchecked(e.getCause());
    } catch (InterruptedException e) {
      throw LocalJobs.<RuntimeException>unchecked(e);
    } finally {
      end(launched);
    }
  }

  /** Spark, too, throws checked exceptions that it does not declare. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <E extends Throwable> E unchecked(Throwable cause) throws E {
    throw (E) cause;
  }

  private synchronized Launched next(Job following) {
    Launched launched = ahead;
    ahead = null;
    this.following = following;
    return launched;
  }

  private synchronized Launched launch(Job job) {
    LocalStep step = LocalStep.open(this::launchFollowing);
    return new Launched(step, launchers.submit(() -> job.run(new AwaitedStep(step.number()))));
  }

  /** In the thread of the first task that is done. */
  private synchronized void launchFollowing() {
    if (following != null) {
      ahead = launch(following);
      following = null;
    }
  }

  private static void end(Launched launched) {
    if (launched != null) {
      launched.step().close();
    }
  }

  /** Ends a job that has been started ahead, with nothing done. */
  @Override
  public void close() {
    end(next(null));
    launchers.shutdown();
  }
}

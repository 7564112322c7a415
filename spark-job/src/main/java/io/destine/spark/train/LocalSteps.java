package io.destine.spark.train;

import io.destine.spark.thread.Outcome;
import java.security.SecureRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongFunction;

/**
 * Steps whose tasks run in the driver's JVM. When the first task of a step is done, the job of the
 * next one is started: its tasks take the cores that have become free and wait here until the
 * parameters have moved. So a step does not wait for its job to be launched. Results are left here
 * too, and only keys of them travel, each of which is taken once. Used by one thread, the one that
 * makes it; static methods are for tasks, in any thread.
 */
final class LocalSteps implements AutoCloseable {
  /** The number of no step. */
  static final long NONE = 0;

  /**
   * A task does not wait longer for what it is to do: the driver may have another job for its core.
   */
  static final long PATIENCE_MILLIS = 2_000;

  private static final SecureRandom NUMBERS = new SecureRandom();
  private static final ConcurrentHashMap<Long, Step> OPEN = new ConcurrentHashMap<>();

  private final StepJobs jobs = new StepJobs();

  /** The job to start when a task is done; null for none. */
  private Job following;

  /** The job that has been started before its step, or null. */
  private Launched ahead;

  /** Starts the tasks of the step of a number, and adds up what comes of them. */
  @FunctionalInterface
  interface Job {
    StepSum run(long number);
  }

  private record Launched(Step step, Future<StepSum> result) {
    boolean begin(LongFunction<StepTask> task) {
      return step.begin(task.apply(step.number));
    }
  }

  /**
   * A step that is open. When it is over, what nobody has taken is dropped, and a task that comes
   * later finds nothing open under the step's number, which is random and never used again.
   */
  static final class Step implements AutoCloseable {
    private final long number;
    private final Runnable firstLeft;
    private final AtomicInteger keys = new AtomicInteger();
    private final ConcurrentHashMap<Integer, StepSum> results = new ConcurrentHashMap<>();

    /** The task; null when nothing will be done under this number. */
    private final CompletableFuture<StepTask> task = new CompletableFuture<>();

    private Step(long number, Runnable firstLeft) {
      this.number = number;
      this.firstLeft = firstLeft;
    }

    /** Names the step to its tasks. */
    long number() {
      return number;
    }

    /**
     * Gives the tasks what they are to do.
     *
     * @return false when one of them has waited too long, so that none will do it
     */
    boolean begin(StepTask task) {
      return this.task.complete(task);
    }

    private StepTask await() {
      try {
        return task.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        task.complete(null);
        return task.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while waiting for a step", e);
      } catch (ExecutionException e) {
        throw new AssertionError("a task is never completed by an exception", e);
      }
    }

    /** Ends the step; tasks that wait for it end with nothing done. */
    @Override
    public void close() {
      OPEN.remove(number);
      task.complete(null);
    }
  }

  /**
   * A new step.
   *
   * @param firstLeft called when the first of its results has been left, in that task's thread
   */
  static Step open(Runnable firstLeft) {
    while (true) {
      long number = NUMBERS.nextLong();
      Step step = new Step(number, firstLeft);
      if (number != NONE && OPEN.putIfAbsent(number, step) == null) {
        return step;
      }
    }
  }

  /**
   * What the tasks of a step are to do, waited for; null when the step is over or a task of it has
   * waited too long.
   */
  static StepTask await(long number) {
    Step step = OPEN.get(number);
    return step == null ? null : step.await();
  }

  /** Leaves a result here; returns its key, or -1 when the step is not open in this JVM. */
  static int leave(long number, StepSum result) {
    Step step = number == NONE ? null : OPEN.get(number);
    if (step == null) {
      return -1;
    }
    int key = step.keys.getAndIncrement();
    step.results.put(key, result);
    if (key == 0) {
      step.firstLeft.run();
    }
    return key;
  }

  /**
   * Takes a result.
   *
   * @throws IllegalStateException when it has been taken or its step is over
   */
  static StepSum take(long number, int key) {
    Step step = OPEN.get(number);
    StepSum result = step == null ? null : step.results.remove(key);
    if (result == null) {
      throw new IllegalStateException(
          "result "
              + key
              + " of a task must be there once, got none: "
              + (step == null ? "its step is over" : "it has been taken"));
    }
    return result;
  }

  /** Steps that are open in this JVM. */
  static int openSteps() {
    return OPEN.size();
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
      return Outcome.of(launched.result());
    } finally {
      end(launched);
    }
  }

  private synchronized Launched next(Job following) {
    Launched launched = ahead;
    ahead = null;
    this.following = following;
    return launched;
  }

  private synchronized Launched launch(Job job) {
    Step step = open(this::launchFollowing);
    return new Launched(step, jobs.start(() -> job.run(step.number)));
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
    jobs.close();
  }
}

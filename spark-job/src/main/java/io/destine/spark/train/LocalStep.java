package io.destine.spark.train;

import java.security.SecureRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One step whose tasks run in the driver's JVM. What they are to do is put here, so that they can
 * be started before it is known; their results are left here, and only keys of them travel, each of
 * which is taken once. When the step is over, what nobody has taken is dropped, and a task that
 * comes later finds nothing open under the step's number, which is random and never used again. Any
 * thread.
 */
final class LocalStep implements AutoCloseable {
  /** The number of no step. */
  static final long NONE = 0;

  /**
   * A task does not wait longer for what it is to do: the driver may have another job for its core.
   */
  static final long PATIENCE_MILLIS = 2_000;

  private static final SecureRandom NUMBERS = new SecureRandom();
  private static final ConcurrentHashMap<Long, LocalStep> OPEN = new ConcurrentHashMap<>();

  private final long number;
  private final Runnable firstLeft;
  private final AtomicInteger keys = new AtomicInteger();
  private final ConcurrentHashMap<Integer, StepSum> results = new ConcurrentHashMap<>();

  /** The task; null when nothing will be done under this number. */
  private final CompletableFuture<StepTask> task = new CompletableFuture<>();

  private LocalStep(long number, Runnable firstLeft) {
    this.number = number;
    this.firstLeft = firstLeft;
  }

  /**
   * A new step.
   *
   * @param firstLeft called when the first of its results has been left, in that task's thread
   */
  static LocalStep open(Runnable firstLeft) {
    while (true) {
      long number = NUMBERS.nextLong();
      LocalStep step = new LocalStep(number, firstLeft);
      if (number != NONE && OPEN.putIfAbsent(number, step) == null) {
        return step;
      }
    }
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

  /**
   * What the tasks of a step are to do, waited for; null when the step is over or a task of it has
   * waited too long.
   */
  static StepTask await(long number) {
    LocalStep step = OPEN.get(number);
    return step == null ? null : step.await();
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

  /** Leaves a result here; returns its key, or -1 when the step is not open in this JVM. */
  static int leave(long number, StepSum result) {
    LocalStep step = number == NONE ? null : OPEN.get(number);
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
    LocalStep step = OPEN.get(number);
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

  /** Ends the step; tasks that wait for it end with nothing done. */
  @Override
  public void close() {
    OPEN.remove(number);
    task.complete(null);
  }
}

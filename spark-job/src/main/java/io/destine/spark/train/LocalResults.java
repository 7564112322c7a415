package io.destine.spark.train;

import java.security.SecureRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Results of one step's tasks that run in the driver's JVM: they are left here, and only their keys
 * travel. Each is taken once. When the step is over, what nobody has taken is dropped, and a task
 * that comes later finds nothing open under the step's number, which is random and never used
 * again. Any thread.
 */
final class LocalResults implements AutoCloseable {
  /** The number of no step. */
  static final long NONE = 0;

  private static final SecureRandom NUMBERS = new SecureRandom();
  private static final ConcurrentHashMap<Long, LocalResults> OPEN = new ConcurrentHashMap<>();

  private final long number;
  private final AtomicInteger keys = new AtomicInteger();
  private final ConcurrentHashMap<Integer, StepSum> results = new ConcurrentHashMap<>();

  private LocalResults(long number) {
    this.number = number;
  }

  /** Results of a new step. */
  static LocalResults open() {
    while (true) {
      long number = NUMBERS.nextLong();
      LocalResults results = new LocalResults(number);
      if (number != NONE && OPEN.putIfAbsent(number, results) == null) {
        return results;
      }
    }
  }

  /** Names the step to its tasks. */
  long number() {
    return number;
  }

  /** Leaves a result here; returns its key, or -1 when the step is not open in this JVM. */
  static int leave(long number, StepSum result) {
    LocalResults step = number == NONE ? null : OPEN.get(number);
    if (step == null) {
      return -1;
    }
    int key = step.keys.getAndIncrement();
    step.results.put(key, result);
    return key;
  }

  /**
   * Takes a result.
   *
   * @throws IllegalStateException when it has been taken or its step is over
   */
  static StepSum take(long number, int key) {
    LocalResults step = OPEN.get(number);
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

  /** Ends the step. */
  @Override
  public void close() {
    OPEN.remove(number);
  }
}

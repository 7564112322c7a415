package io.destine.spark.train;

import java.util.Arrays;

/**
 * Adds up the phases of training steps on the driver. Leaves out the first step of each epoch, and
 * the first one after a resume. One thread.
 */
final class StepClock {
  private final long[] nanos = new long[StepPhase.values().length];
  private final long[] step = new long[nanos.length];
  private long steps;
  private long rows;
  private long busyNanos;
  private long tasks;
  private long fetchedBytes;
  private long sumBytes;
  private boolean counted;
  private long stepRows;
  private long mark = System.nanoTime();

  /** A step begins: the time since the last step counts as its planning. */
  void start(boolean first) {
    counted = !first;
    Arrays.fill(step, 0);
    lap(StepPhase.PLAN);
  }

  /** Excludes time spent on work other than training since the last step. */
  void away(long nanos) {
    mark += nanos;
  }

  /**
   * The job is over.
   *
   * @return its duration in nanoseconds
   */
  long aggregated(StepSum sum) {
    TaskTime time = sum.time();
    step[StepPhase.FETCH.ordinal()] = time.fetch();
    step[StepPhase.GATHER.ordinal()] = time.gather();
    step[StepPhase.COMPUTE.ordinal()] = time.compute();
    step[StepPhase.SERIALISE.ordinal()] = time.serialise();
    step[StepPhase.MERGE.ordinal()] = time.merge();
    long named = time.slowest() + time.serialise() + time.merge();
    lap(StepPhase.SCHEDULE);
    // Merges of some results overlap with other tasks, so the rest can be negative.
    long job = step[StepPhase.SCHEDULE.ordinal()];
    step[StepPhase.SCHEDULE.ordinal()] = job - named;
    stepRows = sum.sum().rows();
    if (counted) {
      busyNanos += time.busy();
      tasks += time.tasks();
      fetchedBytes += time.bytes();
      sumBytes += time.sumBytes();
    }
    return job;
  }

  /** Parameters have been updated. */
  void optimised() {
    lap(StepPhase.OPTIMISE);
  }

  /** The step is over. */
  void published() {
    lap(StepPhase.PUBLISH);
    if (counted) {
      for (int i = 0; i < nanos.length; i++) {
        nanos[i] += step[i];
      }
      steps++;
      rows += stepRows;
    }
  }

  private void lap(StepPhase phase) {
    long now = System.nanoTime();
    step[phase.ordinal()] += now - mark;
    mark = now;
  }

  StepTime time() {
    return new StepTime(steps, rows, nanos, busyNanos, tasks, fetchedBytes, sumBytes);
  }
}

package io.destine.spark.train;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures how fast the cores of each executor compute, from its tasks in recent steps. The median
 * over several steps ignores steps in which a machine paused. One thread.
 */
final class ExecutorPace {
  private static final int SAMPLES = 48;
  private static final int ENOUGH = 32;

  private final Map<String, Deque<Double>> rowsPerSecond = new HashMap<>();

  /**
   * The work of a task.
   *
   * @param executor on which it ran
   * @param threads number of threads that computed
   * @param rows number of rows that they processed
   * @param nanos kernel time of the slowest of them
   */
  record Sample(String executor, int threads, int rows, long nanos) {

    /** Rows per second of one thread. */
    double rowsPerSecond() {
      return 1e9 * rows / ((double) nanos * threads);
    }
  }

  /**
   * Adds the work of a step's tasks, if the longest computation took at least half of the step.
   * Otherwise communication dominates the step, so moving rows to a faster processor would not
   * shorten it, and computations may be too short to be measured.
   *
   * @param stepNanos duration of the step's gradient
   */
  void add(Collection<Sample> tasks, long stepNanos) {
    long longest = tasks.stream().mapToLong(Sample::nanos).max().orElse(0);
    if (2 * longest < stepNanos) {
      return;
    }
    for (Sample task : tasks) {
      if (task.rows() > 0 && task.nanos() > 0) {
        Deque<Double> last =
            rowsPerSecond.computeIfAbsent(task.executor(), e -> new ArrayDeque<>(SAMPLES));
        if (last.size() == SAMPLES) {
          last.removeFirst();
        }
        last.addLast(task.rowsPerSecond());
      }
    }
  }

  /**
   * The speed of a core of each executor that has taken part in enough steps, divided by the mean
   * over these executors.
   *
   * @param there the current executors; others are forgotten
   */
  Map<String, Double> relative(Collection<String> there) {
    rowsPerSecond.keySet().retainAll(there);
    Map<String, Double> pace = new HashMap<>();
    rowsPerSecond.forEach(
        (executor, last) -> {
          if (last.size() >= ENOUGH) {
            pace.put(executor, median(last));
          }
        });
    double mean = pace.values().stream().mapToDouble(Double::doubleValue).average().orElse(1);
    pace.replaceAll((executor, speed) -> speed / mean);
    return pace;
  }

  private static double median(Collection<Double> values) {
    List<Double> sorted = new ArrayList<>(values);
    sorted.sort(null);
    return sorted.get(sorted.size() / 2);
  }
}

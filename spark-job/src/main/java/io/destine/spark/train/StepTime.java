package io.destine.spark.train;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Breakdown of the time of training steps. It excludes evaluation, saving and the first step of
 * each epoch, which waits for data and compilation. Task phases are taken from the slowest task of
 * each step, so the phases add up to the elapsed time; merges count the same in tasks and on the
 * driver.
 */
public final class StepTime {
  private final long steps;
  private final long rows;
  private final long[] nanos;
  private final long busyNanos;
  private final long tasks;
  private final long fetchedBytes;
  private final long sumBytes;

  /**
   * Totals over steps.
   *
   * @param nanos by phase
   * @param busyNanos of all tasks together
   * @param tasks of all steps together
   * @param fetchedBytes exchanged between tasks and owners for parameters
   * @param sumBytes of the sums of table rows that tasks have sent to the owners
   */
  StepTime(
      long steps,
      long rows,
      long[] nanos,
      long busyNanos,
      long tasks,
      long fetchedBytes,
      long sumBytes) {
    this.steps = steps;
    this.rows = rows;
    this.nanos = nanos.clone();
    this.busyNanos = busyNanos;
    this.tasks = tasks;
    this.fetchedBytes = fetchedBytes;
    this.sumBytes = sumBytes;
  }

  /** The difference from an earlier reading of the same clock. */
  public StepTime since(StepTime earlier) {
    long[] added = nanos.clone();
    for (int i = 0; i < added.length; i++) {
      added[i] -= earlier.nanos[i];
    }
    return new StepTime(
        steps - earlier.steps,
        rows - earlier.rows,
        added,
        busyNanos - earlier.busyNanos,
        tasks - earlier.tasks,
        fetchedBytes - earlier.fetchedBytes,
        sumBytes - earlier.sumBytes);
  }

  /** Steps measured. */
  public long steps() {
    return steps;
  }

  /** Mean milliseconds of a step. */
  public double millis() {
    long sum = 0;
    for (long phase : nanos) {
      sum += phase;
    }
    return perStep(sum);
  }

  /** Mean milliseconds of a step in one phase. */
  public double millis(StepPhase phase) {
    return perStep(nanos[phase.ordinal()]);
  }

  /** Mean bytes exchanged for parameters between a step's tasks and the owners. */
  public long fetchedBytes() {
    return steps == 0 ? 0 : fetchedBytes / steps;
  }

  /** Mean bytes of the sums of table rows that a step's tasks send to the owners. */
  public long sumBytes() {
    return steps == 0 ? 0 : sumBytes / steps;
  }

  private double perStep(long total) {
    return steps == 0 ? 0 : total * 1e-6 / steps;
  }

  /** Training rows per second. */
  public double rowsPerSecond() {
    return steps == 0 ? 0 : rows * 1e3 / (millis() * steps);
  }

  /**
   * Mean time of a step's tasks divided by the time of its slowest task: 1 if they are balanced.
   */
  public double balance() {
    double slowest = millis(StepPhase.FETCH) + millis(StepPhase.GATHER) + millis(StepPhase.COMPUTE);
    return tasks == 0 || slowest == 0 ? 1 : busyNanos * 1e-6 / tasks / slowest;
  }

  /** A human-readable table; each line ends with a line separator. */
  public String table() {
    StringBuilder table = new StringBuilder();
    double all = millis();
    for (StepPhase phase : StepPhase.values()) {
      table.append(
          String.format(
              Locale.ROOT,
              "  %-10s %9.3f ms %6.1f %%  %s%n",
              phase.key(),
              millis(phase),
              all == 0 ? 0 : 100 * millis(phase) / all,
              phase.meaning()));
    }
    return String.format(
            Locale.ROOT,
            "step time: %.3f ms over %,d steps, %,.0f rows/s, balance of tasks %.2f%n",
            all,
            steps,
            rowsPerSecond(),
            balance())
        + table
        + sent();
  }

  private String sent() {
    return fetchedBytes() == 0
        ? ""
        : String.format(
            Locale.ROOT,
            "  sent in a step: %,d bytes of parameters, %,d of gradients%n",
            fetchedBytes(),
            sumBytes());
  }

  /** The same figures as a JSON object. */
  public Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("steps", steps);
    json.put("rows_per_second", Math.round(rowsPerSecond()));
    json.put("balance", rounded(balance()));
    json.put("total_ms", rounded(millis()));
    for (StepPhase phase : StepPhase.values()) {
      json.put(phase.key() + "_ms", rounded(millis(phase)));
    }
    json.put("fetched_bytes", fetchedBytes());
    json.put("gradient_bytes", sumBytes());
    return json;
  }

  private static double rounded(double value) {
    return Math.round(value * 1e4) / 1e4;
  }
}

package io.destine.spark.train;

import java.util.Locale;

/** The phases of a training step, in order. */
public enum StepPhase {
  /** From the end of the previous step to the start of the job: plan, listeners. */
  PLAN("batch plan, progress"),
  /** Slowest task: parameters sent by their owners once they have the step's version. */
  FETCH("parameters fetched, table rows brought up to date"),
  /** Slowest task: selecting the rows. */
  GATHER("rows selected"),
  /** Slowest task: the kernel, with the fixed-point sum. */
  COMPUTE("kernel, forward and backward"),
  /**
   * Gradient sums written by the slowest task and read by the driver; zero if passed by reference.
   */
  SERIALISE("gradient sums written and read"),
  /**
   * The job without the phases listed separately: submission, launch, transfer, waiting for the
   * driver.
   */
  SCHEDULE("job and tasks started, results sent"),
  /** Merges of gradient sums. */
  MERGE("gradient sums added"),
  /** From the merged sum to updated parameters. */
  OPTIMISE("gradient applied"),
  /** Tasks notified of the new version. */
  PUBLISH("parameters released");

  private final String meaning;

  StepPhase(String meaning) {
    this.meaning = meaning;
  }

  /** The phase in a few words. */
  public String meaning() {
    return meaning;
  }

  /** Its name in tables and JSON. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}

package io.destine.spark.conf;

import java.util.Locale;

/** The owner of the parameter tables of a training run, with their optimiser state. */
public enum TableOwner {
  /**
   * Executors if the cluster keeps them for the whole training run and they reach the model
   * directory, otherwise the driver.
   */
  AUTO,
  DRIVER,
  EXECUTORS;

  /**
   * True if executors own the tables.
   *
   * @param keepsExecutors whether the training runs on a cluster that keeps its executors, and
   *     these reach the model directory
   */
  public boolean executors(boolean keepsExecutors) {
    return this == EXECUTORS || this == AUTO && keepsExecutors;
  }

  /** The value in configuration syntax, in lower case. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}

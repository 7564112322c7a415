package io.destine.spark.conf;

import java.util.Locale;

/** Who owns the parameter tables of a training, with the optimiser's state for them. */
public enum TableOwner {
  /** Executors where the cluster keeps them for as long as the training, else the driver. */
  AUTO,
  DRIVER,
  EXECUTORS;

  /**
   * True when executors own the tables.
   *
   * @param keepsExecutors whether the training has a cluster that keeps its executors
   */
  public boolean executors(boolean keepsExecutors) {
    return this == EXECUTORS || this == AUTO && keepsExecutors;
  }

  /** The value as configurations spell it, in lower case. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}

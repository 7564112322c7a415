package io.destine.spark.conf;

import java.util.Locale;

/** Who owns the parameter tables of a training, with the optimiser's state for them. */
public enum TableOwner {
  /** The driver. */
  AUTO,
  DRIVER,
  EXECUTORS;

  /** The value as configurations spell it, in lower case. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}

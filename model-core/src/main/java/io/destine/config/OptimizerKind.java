package io.destine.config;

import java.util.Locale;

/** The optimisers. */
public enum OptimizerKind {
  SGD,
  ADAGRAD,
  ADAM;

  /** The value as configurations and files spell it, in lower case. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}

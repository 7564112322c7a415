package io.destine.config;

import java.util.Locale;

/** The optimisers. */
public enum OptimizerKind {
  SGD,
  ADAGRAD,
  ADAM;

  /** What is added to the denominator unless it is set. */
  public double epsilon() {
    return this == ADAGRAD ? 1e-10 : 1e-8;
  }

  /** The value as configurations and files spell it, in lower case. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}

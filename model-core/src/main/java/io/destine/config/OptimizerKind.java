package io.destine.config;

import java.util.Locale;

/** The optimisers. */
public enum OptimizerKind {
  SGD,
  ADAGRAD,
  ADAM;

  /** The default of the number that is added to the denominator. */
  public double epsilon() {
    return this == ADAGRAD ? 1e-10 : 1e-8;
  }

  /** The value as configurations and files spell it, in lower case. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}

package io.destine.config;

import java.util.Locale;

/** The optimisers. */
public enum OptimizerKind {
  SGD,
  ADAGRAD,
  ADAM;

  /** The default of epsilon, which is added to the denominator. */
  public double epsilon() {
    return this == ADAGRAD ? 1e-10 : 1e-8;
  }

  /** The value as written in configurations and files, in lower case. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}

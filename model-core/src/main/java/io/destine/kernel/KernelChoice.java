package io.destine.kernel;

import java.util.Locale;

/** Which kernel computes a network: a named one, or the fastest that can run. */
public enum KernelChoice {
  AUTO,
  ND4J,
  VECTOR;

  /** The value as configurations and files spell it, in lower case. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}

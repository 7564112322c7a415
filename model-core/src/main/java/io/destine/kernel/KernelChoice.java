package io.destine.kernel;

import java.util.Locale;

/** The kernel that computes a network: a named one, or the fastest available. */
public enum KernelChoice {
  AUTO,
  ND4J,
  VECTOR;

  /** The value as written in configurations and files, in lower case. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}

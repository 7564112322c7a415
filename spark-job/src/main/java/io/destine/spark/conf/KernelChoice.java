package io.destine.spark.conf;

import java.util.Locale;

/** Which implementation of the network's arithmetic runs. */
public enum KernelChoice {
  /** The Vector kernel where the JVM has its module, otherwise ND4J. */
  AUTO,
  ND4J,
  VECTOR;

  /** The value as configurations and files spell it, in lower case. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}

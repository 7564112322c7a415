package io.destine.config;

import java.util.Locale;

/** How the learning rate changes in a training. */
public enum Schedule {
  /** It is cut when an epoch brings no gain, and training stops after cuts without one. */
  PLATEAU,
  /** It falls along a half cosine to 0 over all epochs. */
  COSINE;

  /** The value as configurations and files spell it, in lower case. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}

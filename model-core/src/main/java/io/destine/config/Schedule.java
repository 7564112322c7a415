package io.destine.config;

import java.util.Locale;

/** How the learning rate changes during training. */
public enum Schedule {
  /** The rate is cut when an epoch brings no gain, and training stops after cuts without a gain. */
  PLATEAU,
  /** The rate falls along a half cosine to 0 over all epochs. */
  COSINE;

  /** The value as written in configurations and files, in lower case. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}

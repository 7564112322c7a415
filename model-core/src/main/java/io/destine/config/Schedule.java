package io.destine.config;

import java.util.Locale;

/** How the learning rate changes during training. */
public enum Schedule {
  /**
   * The rate is cut after each epoch without a new best, and training stops after
   * train.plateau-cuts such epochs in a row; 0 disables both.
   */
  PLATEAU,
  /** The rate falls along a half cosine to 0 over all epochs. */
  COSINE;

  /** The value as written in configurations and files, in lower case. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}

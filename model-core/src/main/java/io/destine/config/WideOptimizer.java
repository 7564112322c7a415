package io.destine.config;

import java.util.Locale;

/** How gradients move the weights of the wide part. */
public enum WideOptimizer {
  /** As they move all other parameters. */
  SAME,
  ADAGRAD,
  /** FTRL-Proximal, which gives exact zeros. */
  FTRL;

  /** The value as configurations and files spell it, in lower case. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}

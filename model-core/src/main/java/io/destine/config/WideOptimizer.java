package io.destine.config;

import java.util.Locale;

/** How gradients update the weights of the wide part. */
public enum WideOptimizer {
  /** In the same way as all other parameters. */
  SAME,
  ADAGRAD,
  /** FTRL-Proximal, which gives exact zeros. */
  FTRL;

  /** The value as written in configurations and files, in lower case. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}

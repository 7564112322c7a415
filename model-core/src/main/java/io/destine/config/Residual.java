package io.destine.config;

import java.util.Locale;

/**
 * Where the residual projection is added: in each layer (equation 9), once after the last layer, or
 * nowhere.
 */
public enum Residual {
  EACH_LAYER,
  LAST_LAYER,
  NONE;

  /** The value as written in configurations and files, in lower case. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}

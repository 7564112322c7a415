package io.destine.config;

import java.util.Locale;

/**
 * How the unary term scores a field: by the mean query (equation 5) or by one learnt vector per
 * head.
 */
public enum Unary {
  MEAN_QUERY,
  LINEAR;

  /** The value as written in configurations and files, in lower case. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}

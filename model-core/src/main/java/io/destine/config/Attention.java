package io.destine.config;

import java.util.Locale;

/**
 * Which attention terms a layer uses: both (the paper), its two ablations, or plain dot-product
 * attention without centring (AutoInt).
 */
public enum Attention {
  BOTH,
  PAIRWISE,
  UNARY,
  PLAIN;

  /** The value as written in configurations and files, in lower case. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}

package io.destine.config;

import java.util.Locale;

/**
 * Width of the numbers a model computes and stores: float32 for training, float64 for checking
 * formulas.
 */
public enum Precision {
  FLOAT32,
  FLOAT64;

  /** The value as written in configurations and files, in lower case. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}

package io.destine.config;

import java.util.Locale;

/** How the learning rate grows with the batch. */
public enum RateScaling {
  NONE(0),
  /** By the square root of the rows of a batch. */
  SQRT(0.5),
  /** By the rows of a batch. */
  LINEAR(1);

  private static final double BATCH = 1024;

  private final double exponent;

  RateScaling(double exponent) {
    this.exponent = exponent;
  }

  /** The factor relative to the rate for a batch of 1,024 rows: (batch / 1024)^exponent. */
  public double factor(int batchSize) {
    return StrictMath.pow(batchSize / BATCH, exponent);
  }

  /** The value as written in configurations and files, in lower case. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}

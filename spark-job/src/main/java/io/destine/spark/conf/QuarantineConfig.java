package io.destine.spark.conf;

import io.destine.config.SettingProblem;

/**
 * What happens to rows that cannot be read.
 *
 * @param maxFraction of the rows that may be bad; above it the job stops
 */
public record QuarantineConfig(double maxFraction) {
  public QuarantineConfig {
    if (!(maxFraction >= 0 && maxFraction <= 1)) {
      throw SettingProblem.must("quarantine.max-fraction", "from 0 to 1", maxFraction);
    }
  }

  /** One row in a thousand. */
  public static QuarantineConfig defaults() {
    return new QuarantineConfig(0.001);
  }
}

package io.destine.spark.conf;

import io.destine.config.Check;
import io.destine.config.Components;
import io.destine.config.Meaning;

/** The treatment of unreadable rows. */
public record QuarantineConfig(
    @Meaning(
            value = "maximum fraction of unreadable rows; the job stops above it",
            preset = "0.001")
        double maxFraction) {
  public QuarantineConfig {
    Check.fraction("quarantine.max-fraction", maxFraction);
  }

  /** At most one row in a thousand. */
  public static QuarantineConfig defaults() {
    return Components.defaults(QuarantineConfig.class);
  }
}

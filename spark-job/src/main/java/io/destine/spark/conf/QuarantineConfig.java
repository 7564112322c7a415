package io.destine.spark.conf;

import io.destine.config.Check;
import io.destine.config.Components;
import io.destine.config.Meaning;

/** What happens to rows that cannot be read. */
public record QuarantineConfig(
    @Meaning(value = "fraction of the rows that may be bad before the job stops", preset = "0.001")
        double maxFraction) {
  public QuarantineConfig {
    Check.fraction("quarantine.max-fraction", maxFraction);
  }

  /** One row in a thousand. */
  public static QuarantineConfig defaults() {
    return Components.defaults(QuarantineConfig.class);
  }
}

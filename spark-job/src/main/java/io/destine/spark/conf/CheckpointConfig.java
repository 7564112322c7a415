package io.destine.spark.conf;

import io.destine.config.Check;
import io.destine.config.Components;
import io.destine.config.Meaning;

/**
 * The conditions for writing checkpoints, from which training can resume after a crash. The state
 * after the best epoch so far is always kept. Checkpoints are written during the training, one at a
 * time.
 */
public record CheckpointConfig(
    @Meaning(
            value =
                "steps between checkpoints, 0 to turn this off; training waits if the last one is"
                    + " still being written",
            preset = "0")
        int steps,
    @Meaning(
            value =
                "minutes between checkpoints, 0 to turn this off; delayed if the last one is still"
                    + " being written",
            preset = "10")
        double minutes,
    @Meaning(
            value = "number of newest checkpoints to keep, in addition to the best epoch",
            preset = "2")
        int keep) {
  public CheckpointConfig {
    Check.atLeast("checkpoint.steps", 0, steps);
    Check.atLeast("checkpoint.minutes", 0, minutes);
    Check.atLeast("checkpoint.keep", 1, keep);
  }

  /** Every ten minutes; the last two are kept. */
  public static CheckpointConfig defaults() {
    return Components.defaults(CheckpointConfig.class);
  }
}

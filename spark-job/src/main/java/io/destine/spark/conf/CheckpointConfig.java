package io.destine.spark.conf;

import io.destine.config.SettingProblem;

/**
 * When training keeps what it can go on from after a crash. The end of an epoch that is the best so
 * far is always kept. Checkpoints are written while training goes on, one at a time.
 *
 * @param steps between checkpoints, 0 for none by steps
 * @param minutes between checkpoints, 0 for none by time
 * @param keep newest checkpoints to keep
 */
public record CheckpointConfig(int steps, double minutes, int keep) {
  public CheckpointConfig {
    if (steps < 0) {
      throw SettingProblem.must("checkpoint.steps", "at least 0", steps);
    }
    if (!(minutes >= 0 && minutes < Double.POSITIVE_INFINITY)) {
      throw SettingProblem.must("checkpoint.minutes", "at least 0", minutes);
    }
    if (keep < 1) {
      throw SettingProblem.must("checkpoint.keep", "at least 1", keep);
    }
  }

  /** Every ten minutes; the last two are kept. */
  public static CheckpointConfig defaults() {
    return new CheckpointConfig(0, 10, 2);
  }
}

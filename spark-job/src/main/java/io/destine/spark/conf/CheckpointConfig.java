package io.destine.spark.conf;

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
      throw new IllegalArgumentException("checkpoint.steps must be at least 0, got " + steps);
    }
    if (!(minutes >= 0 && minutes < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("checkpoint.minutes must be at least 0, got " + minutes);
    }
    if (keep < 1) {
      throw new IllegalArgumentException("checkpoint.keep must be at least 1, got " + keep);
    }
  }

  /** Every ten minutes; the last two are kept. */
  public static CheckpointConfig defaults() {
    return new CheckpointConfig(0, 10, 2);
  }
}

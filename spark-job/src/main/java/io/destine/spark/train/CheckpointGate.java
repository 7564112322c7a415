package io.destine.spark.train;

/**
 * Decides whether checkpoints of a training run may still be put in place or removed. It is closed
 * before a command reports the kept checkpoint, so that the report stays true. Any thread.
 */
public final class CheckpointGate {
  private boolean closed;

  /** Waits for a change in progress, and prevents all later ones. */
  public synchronized void close() {
    closed = true;
  }

  synchronized boolean isClosed() {
    return closed;
  }

  /** Changes the checkpoints; false if the gate is closed. */
  synchronized boolean pass(Runnable change) {
    if (!closed) {
      change.run();
    }
    return !closed;
  }
}

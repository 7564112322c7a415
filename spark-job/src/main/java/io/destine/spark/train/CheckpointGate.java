package io.destine.spark.train;

/**
 * Decides whether checkpoints of a training run may still be put in place. It is closed before a
 * command reports the kept checkpoint, so that the report stays true. Any thread.
 */
public final class CheckpointGate {
  private boolean closed;

  /** Waits for a checkpoint that is being put in place; no further one is allowed. */
  public synchronized void close() {
    closed = true;
  }

  synchronized boolean isClosed() {
    return closed;
  }

  /**
   * Puts a checkpoint in place.
   *
   * @throws IllegalStateException if the gate is closed
   */
  synchronized void pass(Runnable placing) {
    if (closed) {
      throw new IllegalStateException("the process is ending: the checkpoint is abandoned");
    }
    placing.run();
  }
}

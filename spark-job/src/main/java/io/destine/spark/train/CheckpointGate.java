package io.destine.spark.train;

/**
 * Whether checkpoints of a training may still be put in place: until somebody says what is kept, so
 * that it stays true. Any thread.
 */
public final class CheckpointGate {
  private boolean closed;

  /** Waits for a checkpoint that is being put in place; from now on none is. */
  public synchronized void close() {
    closed = true;
  }

  synchronized boolean isClosed() {
    return closed;
  }

  /**
   * Puts a checkpoint in place.
   *
   * @throws IllegalStateException when none may be any more
   */
  synchronized void pass(Runnable placing) {
    if (closed) {
      throw new IllegalStateException("the process is ending: the checkpoint is given up");
    }
    placing.run();
  }
}

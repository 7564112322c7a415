package io.destine.spark.store;

/** A run has lost its lock to another run: it ends before it writes anything more. */
public final class LostLockException extends LockedException {
  private static final long serialVersionUID = 1;

  /** A loss, as a line for people. */
  public LostLockException(String message) {
    super(message);
  }
}

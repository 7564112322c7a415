package io.destine.spark.store;

/** A run has lost its lock to another run and ends before it writes anything else. */
public final class LostLockException extends LockedException {
  private static final long serialVersionUID = 1;

  /** A loss, as a human-readable line. */
  public LostLockException(String message) {
    super(message);
  }
}

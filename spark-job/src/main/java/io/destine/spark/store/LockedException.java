package io.destine.spark.store;

/**
 * A {@link RunLock} is held by another run; the message states the holder, the acquisition and the
 * expiry if they are known.
 */
public class LockedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  LockedException(String message) {
    super(message);
  }
}

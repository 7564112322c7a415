package io.destine.spark.store;

/** A {@link RunLock} is held by another run: by whom, since when, and when that ends. */
public class LockedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  LockedException(String message) {
    super(message);
  }
}

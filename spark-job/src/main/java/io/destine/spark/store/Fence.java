package io.destine.spark.store;

import java.util.function.Supplier;

/**
 * A run's right to write. It is checked right before each write that is visible to other runs. A
 * run that has lost its lock fails at this check, so it does not overwrite output of its successor.
 */
public interface Fence {

  /** The right of a run without concurrent runs. */
  Fence NONE =
      new Fence() {
        @Override
        public void requireHeld() {}

        @Override
        public void requireNotLost() {}
      };

  /**
   * Checks, on storage, that the run may still write.
   *
   * @throws LostLockException if it may not
   * @throws java.io.UncheckedIOException with the path, if storage fails
   */
  void requireHeld();

  /**
   * Checks only what is already known, without accessing storage: cheap enough for every step.
   *
   * @throws LostLockException if the loss has been noticed
   */
  void requireNotLost();

  /**
   * After a failure, checks whether the writer has lost its right: output of other writers may have
   * caused the failure.
   *
   * @param failure of the writer
   * @throws LostLockException if the right is lost
   */
  default void requireHeldAfter(Throwable failure) {
    try {
      requireHeld();
    } catch (LostLockException lost) {
      if (lost != failure) {
        lost.addSuppressed(failure);
      }
      throw lost;
    } catch (Exception e) {
      failure.addSuppressed(e);
    }
  }

  /**
   * Runs a writer's work and returns its result; a failure after the loss of the right is reported
   * as the loss.
   *
   * @throws LostLockException as {@link #requireHeldAfter}
   */
  default <T> T during(Supplier<T> work) {
    try {
      return work.get();
    } catch (Throwable e) {
      requireHeldAfter(e);
      throw e;
    }
  }
}

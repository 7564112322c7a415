package io.destine.spark.store;

import java.util.function.Supplier;

/**
 * A run's right to write. It is checked right before each write that other runs see; the answer
 * ends a run that has lost its lock, so that nothing of its successor's is overwritten.
 */
public interface Fence {

  /** The right of a run without competitors. */
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
   * @throws LostLockException when it may not
   * @throws java.io.UncheckedIOException with the path, when storage does not tell
   */
  void requireHeld();

  /**
   * Checks what is known already, without a look at storage: cheap enough for every step.
   *
   * @throws LostLockException when the loss has been noticed
   */
  void requireNotLost();

  /**
   * Tells a failure of a writer that has lost its right from any other: what others have written
   * since may be in its way.
   *
   * @param failure that the writer has met
   * @throws LostLockException when the right is lost
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
   * The result of a writer's work; its failure after a loss is the loss.
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

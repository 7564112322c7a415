package io.destine.spark.store;

import io.destine.spark.conf.UserError;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * The lock of a directory of results, .NAME.lock beside it, so that two runs do not write it at
 * once. On storage that cannot hold a lock, runs are not kept apart, and a line says so.
 *
 * @param output the directory
 * @param owner who asks for it
 * @param lease for how long the lock of a lost process lasts
 * @param log takes lines for people
 */
public record OutputLock(CanonicalPath output, Owner owner, Duration lease, Consumer<String> log) {

  /** A lock that is held until it is closed. */
  public interface Held extends Fence, AutoCloseable {
    @Override
    void close();
  }

  /**
   * Acquires the lock.
   *
   * @throws LockedException when another run holds it
   * @throws UserError when the storage has something else in the place of the lock
   * @throws java.io.UncheckedIOException with the path, when storage fails
   */
  public Held acquire() {
    if (!RunLock.isPossible(output.fileSystem())) {
      log.accept(
          "warning: "
              + output.path().toUri().getScheme()
              + " storage cannot hold a lock; make sure that no other run writes "
              + output.path());
      return of(Fence.NONE);
    }
    try {
      return RunLock.acquire(output.fileSystem(), output.lock(), owner, lease, Clock.systemUTC());
    } catch (IllegalArgumentException e) {
      throw new UserError("lock of " + output.path() + ": " + e.getMessage());
    }
  }

  /** The right of a run that holds a lock already and closes it by itself. */
  public static Held of(Fence fence) {
    return new Held() {
      @Override
      public void requireHeld() {
        fence.requireHeld();
      }

      @Override
      public void requireNotLost() {
        fence.requireNotLost();
      }

      @Override
      public void close() {}
    };
  }
}

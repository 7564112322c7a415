package io.destine.spark.store;

import io.destine.spark.conf.UserError;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * The lock of a directory of results, .NAME.lock next to it, so that two runs do not write it at
 * the same time. On storage that cannot hold a lock, concurrent runs are not prevented, and a log
 * line says so.
 *
 * @param output the directory
 * @param owner the process that acquires it
 * @param lease how long the lock of a dead process lasts
 * @param log receives human-readable lines
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
   * @throws LockedException if another run holds it
   * @throws UserError if something else is in the place of the lock
   * @throws java.io.UncheckedIOException with the path, if storage fails
   */
  public Held acquire() {
    if (!RunLock.isPossible(output.fileSystem())) {
      return unlocked(output.path().toUri().getScheme() + " storage cannot hold a lock");
    }
    try {
      return RunLock.acquire(output.fileSystem(), output.lock(), owner, lease, Clock.systemUTC());
    } catch (NoHardLinksException e) {
      return unlocked("a disk without hard links cannot hold a lock");
    } catch (IllegalArgumentException e) {
      throw new UserError("lock of " + output.path() + ": " + e.getMessage());
    }
  }

  private Held unlocked(String reason) {
    log.accept("warning: " + reason + "; make sure that no other run writes " + output.path());
    return of(Fence.NONE);
  }

  /** The lock of a run that already holds it and closes it itself. */
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

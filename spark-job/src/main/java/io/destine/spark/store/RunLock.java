package io.destine.spark.store;

import io.destine.spark.thread.DaemonThreads;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A lock for one run at a time, a file on storage that all contenders reach.
 *
 * <p>The holder renews it every quarter of a lease in a thread of its own. Without renewal it
 * expires, and the next contender takes it over; when holder and contender share a machine, as soon
 * as the holder's process is gone. Of several contenders one succeeds, see {@link LockFile}.
 *
 * <p>A holder that was stopped for longer than a lease may have lost the lock. It notices in {@link
 * #requireHeld}, to be called right before anything that others see; what it does after that call
 * must take less than a lease. Clocks of the machines must agree to a small part of a lease.
 *
 * <p>Methods may be called by any thread.
 */
public final class RunLock implements OutputLock.Held {
  private static final Logger LOG = LoggerFactory.getLogger(RunLock.class);
  private static final int MOST_ATTEMPTS = 20;
  private static final int RENEWALS_PER_LEASE = 4;

  private final LockFile file;
  private final Duration lease;
  private final Clock clock;
  private final ScheduledExecutorService renewal;
  private LockRecord held;
  private volatile String lost;
  private boolean closed;

  private RunLock(LockFile file, LockRecord held, Duration lease, Clock clock) {
    this.file = file;
    this.held = held;
    this.lease = lease;
    this.clock = clock;
    renewal =
        Executors.newSingleThreadScheduledExecutor(
            new DaemonThreads("renewal of " + file.path().getName()));
    long period = Math.max(1, lease.toMillis() / RENEWALS_PER_LEASE);
    renewal.scheduleWithFixedDelay(this::renew, period, period, TimeUnit.MILLISECONDS);
  }

  /** True when a file system can hold a lock: a local disk or HDFS. */
  static boolean isPossible(FileSystem fileSystem) {
    return new AtomicRename(fileSystem).isPossible();
  }

  /**
   * Acquires the lock, or takes it over from a holder that has ended or let it expire.
   *
   * @param lockFile its file, whose directory need not exist; a local disk or HDFS
   * @param lease for how long a renewal counts: longer than any pause of the holder's machine
   * @throws LockedException when another holds it
   * @throws IllegalArgumentException for another file system, or a lease that is not positive
   * @throws UncheckedIOException with the path, when storage fails; the lock may be held in the
   *     name of this process then, until it ends or a lease is over
   */
  public static RunLock acquire(
      FileSystem fileSystem, Path lockFile, Owner owner, Duration lease, Clock clock) {
    if (lease.toMillis() <= 0) {
      throw new IllegalArgumentException(
          lockFile + ": lease must be at least a millisecond, got " + lease);
    }
    LockFile file = new LockFile(fileSystem, lockFile);
    for (int attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
      LockRecord mine = LockRecord.acquired(owner, lease, clock.instant());
      if (file.create(mine.text())) {
        return new RunLock(file, mine, lease, clock);
      }
      Optional<LockFile.Content> content = file.read();
      if (content.isPresent()) {
        String holder = requireFree(file, content.get(), lease, clock.instant());
        if (file.takeAway(content.get())) {
          LOG.warn("Took over {} of {}", file.path(), holder);
        }
      }
    }
    throw new LockedException(
        "lock " + file.path() + ": other runs keep taking it; try again later");
  }

  /** Who held the lock that is free now, and why it is. */
  private static String requireFree(
      LockFile file, LockFile.Content content, Duration lease, Instant now) {
    Optional<LockRecord> record = LockRecord.parse(content.text());
    if (record.isEmpty()) {
      Instant end = content.written().plus(lease);
      if (now.isBefore(end)) {
        throw new LockedException(
            "lock "
                + file.path()
                + " cannot be read: it is damaged or has been in the making since "
                + content.written()
                + "; it counts as held until "
                + end);
      }
      return "an unknown holder, whose text has been unreadable since " + content.written();
    }
    LockRecord holder = record.get();
    if (!holder.isFree(now)) {
      throw new LockedException(
          "another run is at work: lock "
              + file.path()
              + " is held by "
              + holder
              + "; it expires at "
              + holder.expires()
              + " unless renewed");
    }
    return holder
        + (now.isBefore(holder.expires())
            ? ", whose process has ended"
            : ", expired at " + holder.expires());
  }

  @Override
  public synchronized void requireHeld() {
    if (lost == null && !closed && !clock.instant().isBefore(held.expires())) {
      extend();
    }
    if (lost == null && !closed) {
      findLoss(file.read());
    }
    if (closed) {
      throw new IllegalStateException("lock " + file.path() + " must not be closed yet");
    }
    requireNotLost();
  }

  @Override
  public void requireNotLost() {
    if (lost != null) {
      throw new LostLockException(
          "lost the lock " + file.path() + ": " + lost + "; this run writes nothing more");
    }
  }

  /** Renews the lock now; what fails is tried again by the next renewal. */
  synchronized void renew() {
    if (closed || lost != null) {
      return;
    }
    try {
      extend();
    } catch (RuntimeException e) {
      LOG.warn("Cannot renew {}, which expires at {}", file.path(), held.expires(), e);
      return;
    }
    if (lost != null) {
      LOG.error("Lost {}: {}", file.path(), lost);
    }
  }

  private void extend() {
    Optional<LockFile.Content> content = file.read();
    if (findLoss(content)) {
      return;
    }
    LockRecord next = held.renewed(lease, clock.instant());
    if (next.renewed().isBefore(held.expires())) {
      file.replace(next.text());
      if (!clock.instant().isBefore(held.expires())) {
        // Between the look and the rename others may have taken over, and been overwritten.
        lost = "it was renewed too late, after " + held.expires();
      }
    } else if (!file.takeAway(content.get()) || !file.create(next.text())) {
      lost = "it expired at " + held.expires() + ", and another run took it";
    }
    if (lost == null) {
      held = next;
    }
  }

  /** True, and noted, when the lock file is not this lock's. */
  private boolean findLoss(Optional<LockFile.Content> content) {
    if (!isHeld(content)) {
      lost =
          content.isEmpty()
              ? "its file is gone"
              : "it is held by "
                  + LockRecord.parse(content.get().text())
                      .map(LockRecord::toString)
                      .orElse("an unknown holder");
    }
    return lost != null;
  }

  private boolean isHeld(Optional<LockFile.Content> content) {
    return content
        .flatMap(c -> LockRecord.parse(c.text()))
        .filter(record -> record.id().equals(held.id()))
        .isPresent();
  }

  /** Gives the lock up, unless another has it; where storage fails, it is left to expire. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    // Not shutdownNow: an interrupt would close the channels of a renewal at work.
    renewal.shutdown();
    try {
      Optional<LockFile.Content> content = file.read();
      if (!isHeld(content)) {
        return;
      }
      file.removeLeftovers(clock.instant().minus(lease));
      if (clock.instant().isBefore(held.expires())) {
        file.delete();
      } else {
        file.takeAway(content.get());
      }
    } catch (RuntimeException e) {
      LOG.warn("Cannot remove {}, which expires at {}", file.path(), held.expires(), e);
    }
  }
}

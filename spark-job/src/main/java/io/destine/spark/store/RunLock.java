package io.destine.spark.store;

import io.destine.spark.internals.DaemonThreads;
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
 * A lock for one run at a time, stored as a {@link RecordLog} on storage that all contenders reach:
 * each acquisition and each renewal is the next number, and the highest number identifies the
 * holder.
 *
 * <p>The holder renews the lock every quarter of a lease, in a separate thread. Without renewal it
 * expires, and the next contender takes it over; if holder and contender share a machine, the
 * takeover is possible as soon as the holder's process has ended. Of several contenders, or of a
 * contender and a late renewal, one succeeds.
 *
 * <p>A holder that was stopped for longer than a lease may have lost the lock. It notices this in
 * {@link #requireHeld}, to be called right before any visible write. Writes after the check may be
 * stale; so the next holder ({@link #takenOver}) must first make sure that its predecessor cannot
 * do harm. The clocks of the machines must agree to within a small part of a lease, or a lock is
 * taken over early.
 *
 * <p>Methods may be called by any thread.
 */
public final class RunLock implements OutputLock.Held {
  private static final Logger LOG = LoggerFactory.getLogger(RunLock.class);
  private static final int MOST_ATTEMPTS = 20;
  private static final int RENEWALS_PER_LEASE = 4;

  private final RecordLog log;
  private final Duration lease;
  private final Clock clock;
  private final ScheduledExecutorService renewal;
  private final boolean takenOver;
  private LockRecord held;
  private long number;
  private volatile String lost;
  private boolean closed;

  private RunLock(
      RecordLog log, long number, LockRecord held, boolean takenOver, Duration lease, Clock clock) {
    this.log = log;
    this.number = number;
    this.held = held;
    this.takenOver = takenOver;
    this.lease = lease;
    this.clock = clock;
    renewal =
        Executors.newSingleThreadScheduledExecutor(
            new DaemonThreads("renewal of " + log.directory().getName()));
    long period = Math.max(1, lease.toMillis() / RENEWALS_PER_LEASE);
    renewal.scheduleWithFixedDelay(this::renew, period, period, TimeUnit.MILLISECONDS);
  }

  /** True if a file system supports locks. */
  static boolean isPossible(FileSystem fileSystem) {
    return RecordLog.isPossible(fileSystem);
  }

  /**
   * Acquires the lock, or takes it over from a holder that has ended or whose lease has expired.
   *
   * @param directory of the lock, which need not exist
   * @param lease how long a renewal is valid: longer than any pause of the holder's machine
   * @throws LockedException if another process holds it
   * @throws IllegalArgumentException if the storage does not support locks, if a file is in the
   *     place of the lock, or if the lease is shorter than a millisecond
   * @throws UncheckedIOException with the path, if storage fails; this process may then hold the
   *     lock until it ends or the lease expires
   */
  public static RunLock acquire(
      FileSystem fileSystem, Path directory, Owner owner, Duration lease, Clock clock) {
    if (lease.toMillis() <= 0) {
      throw new IllegalArgumentException(
          directory + ": lease must be at least a millisecond, got " + lease);
    }
    RecordLog log = new RecordLog(fileSystem, directory);
    log.require();
    for (int attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
      Optional<RecordLog.Entry> last = log.last();
      Optional<String> before = last.map(entry -> requireFree(log, entry, lease, clock.instant()));
      LockRecord mine = LockRecord.acquired(owner, lease, clock.instant());
      if (log.append(last, mine.text())) {
        before.ifPresent(holder -> LOG.warn("Took over {} of {}", log.directory(), holder));
        long number = last.map(RecordLog.Entry::number).orElse(0L) + 1;
        return new RunLock(log, number, mine, last.isPresent(), lease, clock);
      }
    }
    throw new LockedException(
        "lock " + log.directory() + ": other runs keep taking it; try again later");
  }

  /** The previous holder of a lock that is now free, and the reason why it is free. */
  private static String requireFree(
      RecordLog log, RecordLog.Entry entry, Duration lease, Instant now) {
    Optional<LockRecord> record = LockRecord.parse(entry.text());
    if (record.isEmpty()) {
      Instant end = entry.written().plus(lease);
      if (now.isBefore(end)) {
        throw new LockedException(
            "lock "
                + log.directory()
                + " cannot be read: it has been damaged since "
                + entry.written()
                + "; it counts as held until "
                + end);
      }
      return "an unknown holder, whose text has been unreadable since " + entry.written();
    }
    LockRecord holder = record.get();
    if (!holder.isFree(now)) {
      throw new LockedException(
          "another run is active: lock "
              + log.directory()
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

  /** The holder. */
  public synchronized Owner owner() {
    return held.owner();
  }

  /** True if the previous holder has not released the lock: it was killed, or may come back. */
  public boolean takenOver() {
    return takenOver;
  }

  @Override
  public synchronized void requireHeld() {
    if (lost == null && !closed && !clock.instant().isBefore(held.expires())) {
      extend();
    }
    if (lost == null && !closed && log.highest() != number) {
      findLoss();
    }
    if (closed) {
      throw new IllegalStateException("lock " + log.directory() + " must not be closed yet");
    }
    requireNotLost();
  }

  @Override
  public void requireNotLost() {
    if (lost != null) {
      throw new LostLockException(
          "lost the lock " + log.directory() + ": " + lost + "; this run writes nothing more");
    }
  }

  /** Renews the lock now; after a failure, the next renewal tries again. */
  synchronized void renew() {
    if (closed || lost != null) {
      return;
    }
    try {
      extend();
    } catch (Exception e) {
      LOG.warn("Cannot renew {}, which expires at {}", log.directory(), held.expires(), e);
      return;
    }
    if (lost != null) {
      LOG.error("Lost {}: {}", log.directory(), lost);
    }
  }

  /** Tries twice, because an earlier renewal may have succeeded although it seemed to fail. */
  private void extend() {
    for (int attempt = 1; attempt <= 2 && lost == null; attempt++) {
      LockRecord next = held.renewed(lease, clock.instant());
      RecordLog.Entry last = new RecordLog.Entry(number, held.text(), held.renewed());
      if (log.append(Optional.of(last), next.text())) {
        held = next;
        number++;
        log.removeBelow(number);
        return;
      }
      findLoss();
    }
  }

  /**
   * Detects that another process holds the lock or that it is gone; adopts a renewal of this
   * holder.
   */
  private void findLoss() {
    Optional<RecordLog.Entry> last = log.last();
    Optional<LockRecord> record = last.flatMap(entry -> LockRecord.parse(entry.text()));
    if (last.isEmpty()) {
      lost = "its file is gone";
    } else if (record.isPresent() && record.get().id().equals(held.id())) {
      held = record.get();
      number = last.get().number();
    } else {
      lost = "it is held by " + record.map(LockRecord::toString).orElse("an unknown holder");
    }
  }

  /** Leaves the lock as if the process had been killed: it expires and can be taken over. */
  public synchronized void abandon() {
    closed = true;
    renewal.shutdown();
  }

  /** Releases the lock, unless another process holds it; if storage fails, it is left to expire. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    // Not shutdownNow: an interrupt would close the channels of a running renewal.
    renewal.shutdown();
    try {
      // The number alone is ambiguous: after a release, the next holders' numbers begin with 1.
      findLoss();
      if (lost == null) {
        log.clear(number, clock.instant().minus(lease));
      }
    } catch (Exception e) {
      LOG.warn("Cannot remove {}, which expires at {}", log.directory(), held.expires(), e);
    }
  }
}

package io.destine.spark.store;

import java.time.Instant;
import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The holder of a {@link RunLock}, as seen by other processes.
 *
 * @param words holder, acquisition and expiry as text
 * @param since time of acquisition
 */
public record LockHolder(String words, Instant since) {

  /**
   * The holder of a lock; empty when it is free, because it is not held, it has expired, or its
   * process has ended on this machine. A lock that cannot be read counts as held.
   */
  public static Optional<LockHolder> of(FileSystem fileSystem, Path lock, Instant now) {
    Optional<RecordLog.Entry> content = new RecordLog(fileSystem, lock).last();
    if (content.isEmpty()) {
      return Optional.empty();
    }
    Optional<LockRecord> record = LockRecord.parse(content.get().text());
    if (record.isEmpty()) {
      return Optional.of(new LockHolder("unknown", content.get().written()));
    }
    LockRecord holder = record.get();
    return holder.isFree(now)
        ? Optional.empty()
        : Optional.of(
            new LockHolder(
                holder + ", until " + holder.expires() + " unless renewed", holder.started()));
  }
}

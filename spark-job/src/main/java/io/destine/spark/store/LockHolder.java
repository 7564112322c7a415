package io.destine.spark.store;

import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Who holds a {@link RunLock}, for a look from outside. */
public final class LockHolder {
  private LockHolder() {}

  /** The holder of a lock, in words; empty when it is free. */
  public static Optional<String> of(FileSystem fileSystem, Path lockFile) {
    return new LockFile(fileSystem, lockFile)
        .read()
        .map(
            content ->
                LockRecord.parse(content.text())
                    .map(record -> record + ", until " + record.expires() + " unless renewed")
                    .orElse("unknown"));
  }
}

package io.destine.spark.store;

import org.apache.hadoop.fs.Path;

/** A local disk has no hard links, which put the files of a {@link RecordLog} in place. */
final class NoHardLinksException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  NoHardLinksException(Path directory, Exception cause) {
    super(
        directory
            + ": this disk has no hard links, by which a lock is taken; name a directory on"
            + " another disk or on HDFS",
        cause);
  }
}

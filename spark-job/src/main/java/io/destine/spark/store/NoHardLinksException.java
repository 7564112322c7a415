package io.destine.spark.store;

import org.apache.hadoop.fs.Path;

/** A local file system does not support hard links, which a {@link RecordLog} needs. */
final class NoHardLinksException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  NoHardLinksException(Path directory, Exception cause) {
    super(
        directory
            + ": this file system does not support hard links, which locks need; name a directory on"
            + " another disk or on HDFS",
        cause);
  }
}

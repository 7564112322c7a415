package io.destine.spark.train;

import io.destine.spark.store.Storage;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A checkpoint that a training run has left.
 *
 * @param steps taken so far
 * @param writtenMillis when it was written, by the file system's clock
 */
public record KeptCheckpoint(long steps, long writtenMillis) {

  /** The newest in a directory, which need not exist. */
  public static Optional<KeptCheckpoint> newest(Configuration hadoop, String directory) {
    Path path = new Path(directory);
    FileSystem fileSystem = Storage.of(hadoop, path);
    return Stream.of(Storage.list(fileSystem, path))
        .filter(status -> CheckpointStore.NAME.matcher(status.getPath().getName()).matches())
        .map(
            status ->
                new KeptCheckpoint(
                    Long.parseLong(status.getPath().getName().substring("step-".length())),
                    status.getModificationTime()))
        .max(Comparator.comparingLong(KeptCheckpoint::steps));
  }
}

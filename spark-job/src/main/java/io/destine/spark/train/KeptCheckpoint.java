package io.destine.spark.train;

import io.destine.artifact.Manifest;
import io.destine.spark.store.Storage;
import java.util.List;
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
    List<String> names = CheckpointStore.names(fileSystem, path);
    if (names.isEmpty()) {
      return Optional.empty();
    }
    String name = names.get(names.size() - 1);
    // Object stores report no time of a directory.
    Path manifest = new Path(new Path(path, name), Manifest.FILE);
    return Stream.of(Storage.list(fileSystem, manifest))
        .findFirst()
        .map(
            file ->
                new KeptCheckpoint(
                    Long.parseLong(name.substring("step-".length())), file.getModificationTime()));
  }
}

package io.destine.spark.sink;

import io.destine.spark.store.CanonicalPath;
import io.destine.spark.store.Storage;
import java.io.IOException;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A directory next to an output or a model, {@code .NAME.ID.sides}, for the files of side tables
 * that tasks need while a command runs. Writers of the output or model leave it alone. It is
 * removed at the end; after a kill, the next run that has such a directory there or writes
 * predictions there removes it.
 */
public final class ScratchDirectory implements AutoCloseable {
  private final FileSystem fileSystem;
  private final OutputMarker marker;
  private final Path output;
  private final Path path;

  /**
   * A name for the directory.
   *
   * @param output a path next to which the directory is made
   */
  public ScratchDirectory(Configuration hadoop, String output) {
    CanonicalPath target = CanonicalPath.of(hadoop, output);
    fileSystem = target.fileSystem();
    // The kind by which predict recognises its own leftovers.
    marker = new OutputMarker(fileSystem, TableOutput.Kind.PREDICTIONS);
    this.output = target.path();
    String id = UUID.randomUUID().toString().substring(0, 8);
    String name = "." + this.output.getName() + "." + id + Leftovers.SIDES;
    path = new Path(this.output.getParent(), name);
  }

  /**
   * Makes the directory, and removes directories of earlier runs whose process has ended.
   *
   * @param log receives human-readable lines
   * @throws java.io.UncheckedIOException with the path, if storage fails
   */
  public void begin(Consumer<String> log) {
    try {
      if (!fileSystem.mkdirs(path)) {
        throw new IOException("the file system refused");
      }
      // In case the process is stopped.
      fileSystem.deleteOnExit(path);
      marker.begin(path);
    } catch (IOException e) {
      throw Storage.failure("write in", path.getParent(), e);
    }
    new Leftovers(fileSystem, marker, output).remove(path, log);
  }

  /** The directory. */
  public String path() {
    return path.toString();
  }

  @Override
  public void close() {
    Storage.delete(fileSystem, path);
    fileSystem.cancelDeleteOnExit(path);
  }
}

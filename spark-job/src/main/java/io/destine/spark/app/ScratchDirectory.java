package io.destine.spark.app;

import io.destine.spark.store.Siblings;
import io.destine.spark.store.Storage;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A directory next to an output for files that tasks need while the output is written. It is
 * removed at the end.
 */
final class ScratchDirectory implements AutoCloseable {
  private final FileSystem files;
  private final Path path;

  ScratchDirectory(Configuration hadoop, String output) {
    Path target = new Path(output);
    files = Storage.of(hadoop, target);
    path = new Siblings(files, target).fresh();
  }

  String path() {
    return path.toString();
  }

  @Override
  public void close() {
    try {
      files.delete(path, true);
    } catch (IOException e) {
      throw Storage.failure("delete", path, e);
    }
  }
}

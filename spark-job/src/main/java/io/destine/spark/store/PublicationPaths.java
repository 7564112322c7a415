package io.destine.spark.store;

import java.io.IOException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The three places of a publication, see {@link AtomicPublication}: all in one directory, so that a
 * rename between them is atomic, and the siblings hidden.
 *
 * @param target where readers look
 * @param fresh how the names of directories begin in which a next model is written
 * @param old where the previous one is while it is being replaced
 */
record PublicationPaths(Path target, Path fresh, Path old) {
  static PublicationPaths of(FileSystem fileSystem, Path target) {
    // By way of a text, which loses a '/' at the end; with it the last name would be empty.
    Path full = new Path(fileSystem.makeQualified(target).toString());
    if (full.getParent() == null) {
      throw new IllegalArgumentException("model path must not be the root, got " + full);
    }
    return new PublicationPaths(
        full,
        new Path(full.getParent(), "." + full.getName() + ".new"),
        new Path(full.getParent(), "." + full.getName() + ".old"));
  }

  /**
   * Where the current model is, or null when there is none. The target is looked at twice: between
   * the first look and the one for the old model, a writer may finish.
   */
  Path current(FileSystem fileSystem) throws IOException {
    for (Path path : new Path[] {target, old, target}) {
      if (fileSystem.exists(path)) {
        return path;
      }
    }
    return null;
  }
}

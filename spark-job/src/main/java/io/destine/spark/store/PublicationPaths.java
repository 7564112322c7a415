package io.destine.spark.store;

import java.io.IOException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Where readers look for a model, see {@link AtomicPublication}: both places are in one directory,
 * so that a rename between them is atomic.
 *
 * @param target where the model is
 * @param old where the previous one is while it is being replaced
 */
record PublicationPaths(Path target, Path old) {
  static PublicationPaths of(FileSystem fileSystem, Path target) {
    Siblings siblings = new Siblings(fileSystem, target);
    if (siblings.target().getParent() == null) {
      throw new IllegalArgumentException(
          "model path must not be the root, got " + siblings.target());
    }
    return new PublicationPaths(siblings.target(), siblings.sibling("old"));
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

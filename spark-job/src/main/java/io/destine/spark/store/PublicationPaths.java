package io.destine.spark.store;

import io.destine.artifact.Manifest;
import java.io.IOException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The paths at which readers look for a model, see {@link AtomicPublication}. Both are in one
 * directory, so that a rename between them is atomic.
 *
 * @param target path of the model
 * @param old path of the previous model while it is being replaced
 */
record PublicationPaths(Path target, Path old) {
  static PublicationPaths of(FileSystem fileSystem, Path target) {
    Siblings siblings = new Siblings(fileSystem, target);
    if (siblings.target().getParent() == null) {
      throw new IllegalArgumentException(
          "model path must not be the root, got " + siblings.target());
    }
    return new PublicationPaths(siblings.target(), siblings.previous());
  }

  /**
   * The path of the current model: the first path with a manifest or, without any, the first path
   * that exists; null if none exists. The target is checked twice: a writer may finish between the
   * first check and the check of the old path.
   */
  Path current(FileSystem fileSystem) throws IOException {
    for (String file : new String[] {"/" + Manifest.FILE, ""}) {
      for (Path path : new Path[] {target, old, target}) {
        if (fileSystem.exists(path.suffix(file))) {
          return path;
        }
      }
    }
    return null;
  }
}

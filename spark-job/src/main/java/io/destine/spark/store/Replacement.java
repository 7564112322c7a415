package io.destine.spark.store;

import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a directory in the place of another in two renames, for storage that renames a directory in
 * one step. At each moment the earlier content is at {@code target} or at {@code old}, or the new
 * one is at {@code target}. One writer at a time.
 *
 * @param target the place; nothing need be there
 * @param old where the earlier content is between the renames, in the same directory; nothing may
 *     be there
 */
public record Replacement(FileSystem fileSystem, Path target, Path old) {
  private static final Logger LOG = LoggerFactory.getLogger(Replacement.class);

  /**
   * Puts the content of a directory in place. An earlier content that cannot be deleted afterwards
   * stays at {@code old}, with a warning.
   *
   * @param fresh the directory, in the same directory as the target
   * @throws java.io.UncheckedIOException with the path, when a rename fails; the earlier content is
   *     back in its place then, unless that fails, too, which is a suppressed exception
   */
  public void put(Path fresh) {
    boolean replacing = Storage.exists(fileSystem, target);
    if (replacing) {
      Storage.rename(fileSystem, target, old);
    }
    try {
      Storage.rename(fileSystem, fresh, target);
    } catch (Throwable e) {
      if (replacing) {
        putBack(e);
      }
      throw e;
    }
    if (replacing) {
      try {
        Storage.delete(fileSystem, old);
      } catch (Exception e) {
        LOG.warn("{} is replaced; its earlier content is still in {}", target, old, e);
      }
    }
  }

  /** Puts the earlier content back, unless something else is in its place. */
  private void putBack(Throwable failure) {
    try {
      if (!Storage.exists(fileSystem, target)) {
        Storage.rename(fileSystem, old, target);
      }
    } catch (Exception e) {
      failure.addSuppressed(e);
    }
  }
}

package io.destine.spark.store;

import java.util.function.Consumer;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces a directory by another in two renames, for storage with atomic renames of directories.
 * At any moment the earlier content is at {@code target} or at {@code old}, or the new content is
 * at {@code target}. One writer at a time.
 *
 * @param target the path to replace; it need not exist
 * @param old path of the earlier content between the renames, in the same directory; it must not
 *     exist
 */
public record Replacement(FileSystem fileSystem, Path target, Path old) {
  private static final Logger LOG = LoggerFactory.getLogger(Replacement.class);

  /**
   * Puts the content of a directory in place. If the earlier content cannot be deleted afterwards,
   * it stays, with a warning.
   *
   * @param fresh the directory, in the same directory as the target
   * @param deletion deletes the earlier content, which is at {@code old}
   * @throws java.io.UncheckedIOException with the path, if a rename fails; the earlier content is
   *     then put back; a failure to do so is added as a suppressed exception
   */
  public void put(Path fresh, Consumer<Path> deletion) {
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
        deletion.accept(old);
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

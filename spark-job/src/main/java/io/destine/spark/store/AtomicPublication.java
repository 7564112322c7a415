package io.destine.spark.store;

import java.util.function.Consumer;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a model directory in place in one piece, or replaces one. For a target DIR/NAME:
 *
 * <ol>
 *   <li>write to a fresh directory of {@link Siblings}; read every file back and check its digest;
 *   <li>rename DIR/NAME, if there is one, to DIR/.NAME.old;
 *   <li>rename the fresh directory to DIR/NAME;
 *   <li>delete DIR/.NAME.old.
 * </ol>
 *
 * A process killed before step 2 leaves the target untouched; after step 3, the new model is in
 * place. Between the two there is no target, but the previous model is whole at .NAME.old: readers
 * ({@link PublishedModel}) look there next. The next writer begins with {@link #recover}, which
 * ends an interrupted step 2 by renaming back and removes what is left over. A .NAME.old that is no
 * model is never touched.
 *
 * <p>One writer at a time: whoever publishes holds a lock or is alone. A writer that loses its lock
 * on the way ends before its next rename or deletion; what it has written so far has a name of its
 * own, so that no file of it gets among those of its successor. The file system must rename a
 * directory atomically, as HDFS and local disks do and object stores do not.
 */
public final class AtomicPublication implements ModelPublication {
  private static final Logger LOG = LoggerFactory.getLogger(AtomicPublication.class);

  private final FileSystem fileSystem;
  private final PublicationPaths paths;
  private final Siblings siblings;
  private final Path fresh;
  private final Fence fence;

  /** Publication by a writer who is alone at the given path, whose parent need not exist yet. */
  public AtomicPublication(FileSystem fileSystem, Path target) {
    this(fileSystem, target, Fence.NONE);
  }

  /**
   * Publication at the given path, whose parent need not exist yet.
   *
   * @param fence the writer's right to do so
   */
  public AtomicPublication(FileSystem fileSystem, Path target, Fence fence) {
    this.fileSystem = fileSystem;
    this.fence = fence;
    paths = PublicationPaths.of(fileSystem, target);
    siblings = new Siblings(fileSystem, target);
    fresh = siblings.fresh();
  }

  @Override
  public Written write(Consumer<HadoopModelDirectory> writing) {
    recover();
    ModelPublication.requireReplaceable(fileSystem, paths.target());
    HadoopModelDirectory directory = new HadoopModelDirectory(fileSystem, fresh);
    try {
      return Written.into(
          directory,
          writing,
          () -> {
            fence.requireHeld();
            replace();
          });
    } catch (Throwable e) {
      // On a full disk nothing else may be written before it is gone.
      Storage.deleteLeftover(fileSystem, fresh);
      throw e;
    }
  }

  /** Ends what a killed writer has left: renames the previous model back, removes leftovers. */
  public void recover() {
    fence.requireHeld();
    ModelPublication.requireReplaceable(fileSystem, paths.old());
    if (!exists(paths.target()) && exists(paths.old())) {
      rename(paths.old(), paths.target());
      LOG.warn("Put {} back: its replacement had been interrupted", paths.target());
    }
    siblings.removeLeftovers();
    delete(paths.old());
  }

  private void replace() {
    boolean replacing = exists(paths.target());
    if (replacing) {
      rename(paths.target(), paths.old());
    }
    try {
      rename(fresh, paths.target());
    } catch (Exception e) {
      if (replacing) {
        putBack(e);
      }
      throw e;
    }
    try {
      delete(paths.old());
    } catch (Exception e) {
      LOG.warn("{} is published; the next publication removes {}", paths.target(), paths.old(), e);
    }
  }

  private void putBack(Exception failure) {
    try {
      if (!exists(paths.target())) {
        rename(paths.old(), paths.target());
      }
    } catch (Exception e) {
      failure.addSuppressed(e);
    }
  }

  private boolean exists(Path path) {
    return Storage.exists(fileSystem, path);
  }

  private void delete(Path path) {
    Storage.delete(fileSystem, path);
  }

  /** Renames to a path where nothing is: a rename onto a directory would move into it. */
  private void rename(Path from, Path to) {
    Storage.rename(fileSystem, from, to);
  }
}

package io.destine.spark.store;

import java.util.function.Consumer;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a model directory in place in one piece, or replaces one. The model is written to a fresh
 * directory of {@link Siblings} and its files are read back; a {@link Replacement} puts it at the
 * target DIR/NAME, by way of DIR/.NAME.old.
 *
 * <p>When a process is killed between the two renames there is no target, but the previous model is
 * whole at .NAME.old: readers ({@link PublishedModel}) look there next. The next writer begins with
 * {@link #recover}, which renames it back and removes what is left over. A .NAME.old that is no
 * model is never touched.
 *
 * <p>One writer at a time: it holds a lock or is alone. A writer that loses its lock on the way
 * ends before its next rename or deletion; what it has written so far has a name of its own, so
 * that no file of it gets among those of its successor. The file system must rename a directory
 * atomically, as HDFS and local disks do and object stores do not.
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
            new Replacement(fileSystem, paths.target(), paths.old()).put(fresh);
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
      Storage.rename(fileSystem, paths.old(), paths.target());
      LOG.warn("Put {} back: its replacement had been interrupted", paths.target());
    }
    siblings.removeLeftovers();
    delete(paths.old());
  }

  private boolean exists(Path path) {
    return Storage.exists(fileSystem, path);
  }

  private void delete(Path path) {
    Storage.delete(fileSystem, path);
  }
}

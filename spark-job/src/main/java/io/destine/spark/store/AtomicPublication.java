package io.destine.spark.store;

import io.destine.artifact.Manifest;
import java.util.function.Consumer;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a model directory in place atomically, or replaces one. The model is written to a new
 * sibling directory ({@link Siblings}) and its files are read back; a {@link Replacement} then
 * moves it to the target DIR/NAME, keeping the previous model at DIR/.NAME.old meanwhile.
 *
 * <p>If a process is killed between the two renames, there is no target, but the previous model is
 * complete at .NAME.old, where readers ({@link PublishedModel}) look next. The next writer begins
 * with {@link #recover}, which renames it back and removes leftovers. A .NAME.old that is not a
 * model is never touched; the previous model is deleted under a random name, so that a killed
 * deletion leaves no part of it there.
 *
 * <p>One writer at a time: it holds a lock or is alone. A writer that loses its lock stops before
 * its next rename or deletion; its files are under a unique name, so they do not mix with files of
 * its successor. The file system must rename directories atomically, which HDFS and local disks do,
 * but object stores do not.
 */
public final class AtomicPublication implements ModelPublication {
  private static final Logger LOG = LoggerFactory.getLogger(AtomicPublication.class);

  private final FileSystem fileSystem;
  private final PublicationPaths paths;
  private final Siblings siblings;
  private final Path fresh;
  private final Fence fence;

  /** Publication by the only writer at the given path, whose parent need not exist yet. */
  public AtomicPublication(FileSystem fileSystem, Path target) {
    this(fileSystem, target, Fence.NONE);
  }

  /**
   * Publication at the given path, whose parent need not exist yet.
   *
   * @param fence the writer's right to publish
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
            new Replacement(fileSystem, paths.target(), paths.old()).put(fresh, siblings::discard);
          });
    } catch (Throwable e) {
      // Frees a full disk: otherwise nothing else could be written.
      Storage.deleteLeftover(fileSystem, fresh);
      throw e;
    }
  }

  /** Cleans up after a killed writer: renames the previous model back and removes leftovers. */
  public void recover() {
    fence.requireHeld();
    ModelPublication.requireReplaceable(fileSystem, paths.old());
    if (exists(paths.old()) && exists(new Path(paths.target(), Manifest.FILE))) {
      siblings.discard(paths.old());
    } else if (exists(paths.old())) {
      if (exists(paths.target())) {
        ModelPublication.requireReplaceable(fileSystem, paths.target());
        siblings.discard(paths.target());
      }
      Storage.rename(fileSystem, paths.old(), paths.target());
      LOG.warn("Put {} back: its replacement had been interrupted", paths.target());
    }
    siblings.removeLeftovers();
  }

  private boolean exists(Path path) {
    return Storage.exists(fileSystem, path);
  }
}

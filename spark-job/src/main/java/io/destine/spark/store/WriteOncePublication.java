package io.destine.spark.store;

import io.destine.artifact.Manifest;
import java.util.function.Consumer;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a model directory in place, manifest last: a directory without a manifest is not a model.
 * On an object store no file is renamed.
 *
 * <p>Until the manifest is written, the file {@value UnfinishedModelDirectory#MARK} marks the
 * remains of a killed writer. To replace a model, the new one is written and verified next to it,
 * in a new sibling directory ({@link Siblings}); only then is the old one removed, its manifest
 * first, and the new one copied. Readers find no model meanwhile, never parts of two.
 */
final class WriteOncePublication implements ModelPublication {
  private static final Logger LOG = LoggerFactory.getLogger(WriteOncePublication.class);

  private final FileSystem fileSystem;
  private final Siblings siblings;
  private final Path target;
  private final Fence fence;

  WriteOncePublication(FileSystem fileSystem, Path target, Fence fence) {
    this.fileSystem = fileSystem;
    siblings = new Siblings(fileSystem, target);
    this.target = siblings.target();
    this.fence = fence;
  }

  @Override
  public Written write(Consumer<HadoopModelDirectory> writing) {
    fence.requireHeld();
    ModelPublication.requireReplaceable(fileSystem, target);
    if (!Storage.exists(fileSystem, new Path(target, Manifest.FILE))) {
      return written(target, writing);
    }
    siblings.removeLeftovers();
    Path fresh = siblings.fresh();
    try {
      Written written = written(fresh, writing);
      written.putInPlace();
      return new Written(written.manifestSha256(), () -> replace(fresh));
    } catch (Throwable e) {
      Storage.deleteLeftover(fileSystem, fresh);
      throw e;
    }
  }

  /** Removes the contents of a path, then writes and verifies a model there. */
  private Written written(Path path, Consumer<HadoopModelDirectory> writing) {
    UnfinishedModelDirectory directory = new UnfinishedModelDirectory(fileSystem, path);
    directory.begin();
    return Written.into(
        directory,
        writing,
        () -> {
          fence.requireHeld();
          directory.finish();
        });
  }

  private void replace(Path fresh) {
    fence.requireHeld();
    try {
      written(target, directory -> directory.copy(new HadoopModelDirectory(fileSystem, fresh)))
          .putInPlace();
    } catch (Throwable e) {
      LOG.error("{} may hold no model; the new one is complete in {}", target, fresh);
      throw e;
    }
    Storage.deleteLeftover(fileSystem, fresh);
  }
}

package io.destine.spark.store;

import io.destine.artifact.Manifest;
import java.util.function.Consumer;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Writes a model directory where it is to be, manifest last: without it a directory is no model. No
 * file is renamed, so object stores will do.
 *
 * <p>Before the manifest there is a file {@value UnfinishedModelDirectory#MARK}, by which what a
 * killed writer has left is known. A model that is there already is removed first, its manifest
 * before all else: readers find no model then, never parts of two.
 */
final class WriteOncePublication implements ModelPublication {
  private final FileSystem fileSystem;
  private final Path target;
  private final Fence fence;

  WriteOncePublication(FileSystem fileSystem, Path target, Fence fence) {
    this.fileSystem = fileSystem;
    this.target = fileSystem.makeQualified(target);
    this.fence = fence;
  }

  @Override
  public Written write(Consumer<HadoopModelDirectory> writing) {
    fence.requireHeld();
    ModelPublication.requireReplaceable(fileSystem, target);
    Storage.delete(fileSystem, new Path(target, Manifest.FILE));
    Storage.delete(fileSystem, target);
    UnfinishedModelDirectory directory = new UnfinishedModelDirectory(fileSystem, target);
    directory.begin();
    return Written.into(
        directory,
        writing,
        () -> {
          fence.requireHeld();
          directory.finish();
        });
  }
}

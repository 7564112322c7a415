package io.destine.spark.store;

import io.destine.artifact.ModelReader;
import java.util.function.Consumer;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Puts a model directory in place: readers find a complete model or none. One writer at a time. */
public interface ModelPublication {

  /**
   * A model that has been written and verified, but is not yet in place.
   *
   * @param manifestSha256 of the model's manifest
   * @param placement puts it in place
   */
  record Written(String manifestSha256, Runnable placement) {
    /** Writes a model into a directory and verifies it. */
    static Written into(
        HadoopModelDirectory directory,
        Consumer<HadoopModelDirectory> writing,
        Runnable placement) {
      writing.accept(directory);
      ModelReader written = ModelReader.open(directory);
      written.verify();
      return new Written(written.manifestSha256(), placement);
    }

    /** Puts the model in place, once; throws as {@link ModelPublication#publish}. */
    public void putInPlace() {
      placement.run();
    }
  }

  /**
   * A publication that replaces the model at a path, if there is one: by two renames or, if {@link
   * Storage#writesInPlace}, by a copy, during which there is no model at the path.
   *
   * @param target path of the model; its parent need not exist yet
   * @param fence the writer's right to publish
   */
  static ModelPublication replacing(FileSystem fileSystem, Path target, Fence fence) {
    return Storage.writesInPlace(fileSystem)
        ? new WriteOncePublication(fileSystem, target, fence)
        : new AtomicPublication(fileSystem, target, fence);
  }

  /** A publication at a new path, which is written once and never replaced. */
  static ModelPublication once(FileSystem fileSystem, Path target, Fence fence) {
    return new WriteOncePublication(fileSystem, target, fence);
  }

  /** Writes and verifies a model; otherwise as {@link #publish}. */
  Written write(Consumer<HadoopModelDirectory> writing);

  /**
   * Writes a model, verifies it and puts it in place.
   *
   * @param writing writes the whole model, manifest included, into the directory it is given
   * @return SHA-256 of the model's manifest
   * @throws IllegalArgumentException if the target is not a model; it is then not replaced
   * @throws io.destine.artifact.ModelFormatException if the written model reads back differently
   * @throws java.io.UncheckedIOException with the path, if storage fails; a previous model is then
   *     still there, or the new one is complete next to the target
   * @throws LostLockException if the writer has lost its lock; no data of others has been touched
   */
  default String publish(Consumer<HadoopModelDirectory> writing) {
    Written written = write(writing);
    written.putInPlace();
    return written.manifestSha256();
  }

  /** Checks that a target does not exist or is a model. */
  static void requireReplaceable(FileSystem fileSystem, Path target) {
    OutputContents there = OutputContents.of(fileSystem, target);
    if (!there.isReplaceableBy(OutputKind.MODEL)) {
      throw new IllegalArgumentException(
          target + " holds " + there.words() + "; only a model can be overwritten");
    }
  }
}

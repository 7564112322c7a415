package io.destine.spark.encode;

import io.destine.spark.conf.UserError;
import io.destine.spark.store.Fence;
import io.destine.spark.store.OutputKind;
import io.destine.spark.store.Storage;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * The directory of a data set. It is written as a sibling, NAME.temporary-RANDOM, and renamed: a
 * reader sees the old data set, none, or the new one, never a part. The temporary name is a run's
 * own, so that rows of a run that has lost its lock do not get among those of its successor.
 *
 * <p>On an object store ({@link Storage#writesInPlace}) it is written in place, manifest last:
 * without it a directory is no data set. A block that another run has written is known by its check
 * sum.
 */
final class DataDirectory {
  private static final String TEMPORARY = ".temporary";
  private static final String OLD = ".old";
  private static final String QUARANTINE = "/quarantine";

  private final DataFiles files;
  private final String directory;
  private final boolean inPlace;
  private final String temporary;
  private final Fence fence;
  private boolean abandoned;

  DataDirectory(DataFiles files, String directory, Fence fence) {
    this.files = files;
    this.directory = directory;
    this.fence = fence;
    inPlace = files.writesInPlace(directory);
    temporary = inPlace ? directory : directory + TEMPORARY + "-" + UUID.randomUUID();
  }

  /**
   * True when a directory holds the data set of given settings and files.
   *
   * @param fingerprint of these, empty when the source is not made of files
   */
  static boolean holdsDataSetMadeOf(DataFiles files, String directory, String fingerprint) {
    String path = EncodedDataSet.manifestPath(directory);
    if (fingerprint.isEmpty() || !files.exists(path)) {
      return false;
    }
    try {
      return ManifestFormat.read(files.read(path), path).encodingFingerprint().equals(fingerprint);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /**
   * Checks that replacing the directory destroys nothing but a data set.
   *
   * @throws UserError when it holds something else
   */
  void requireReplaceable() {
    OutputKind kind = files.kind(directory);
    if (!kind.isFree() && kind != OutputKind.DATA_SET) {
      throw new UserError(
          "output.data: "
              + directory
              + " holds "
              + kind.words()
              + "; give the encoded data set a directory of its own");
    }
  }

  /** The directory to write to, empty; temporary ones of killed runs are removed. */
  String begin() {
    fence.requireHeld();
    if (inPlace) {
      files.delete(EncodedDataSet.manifestPath(directory));
      files.delete(directory);
      files.write(mark(), "");
      return directory;
    }
    Path path = files.qualified(directory);
    String leftover = path.getName() + TEMPORARY;
    if (path.getParent() != null && files.exists(path.getParent().toString())) {
      for (FileStatus sibling : files.list(path.getParent().toString())) {
        if (sibling.getPath().getName().startsWith(leftover)) {
          files.delete(sibling.getPath().toString());
        }
      }
    }
    files.makeDirectory(temporary);
    return temporary;
  }

  private String mark() {
    return directory + "/" + OutputKind.UNFINISHED_DATA_SET;
  }

  /**
   * Removes what a run has written that has failed, but for its quarantine, which is put in place.
   *
   * @param failure to which a failure to do so is added
   */
  void abandon(RuntimeException failure) {
    try {
      fence.requireHeld();
      if (inPlace) {
        files.delete(directory + "/rows");
        files.delete(directory + "/vocabulary");
        files.delete(mark());
      } else {
        if (files.exists(temporary + QUARANTINE)) {
          files.makeDirectory(directory);
          files.delete(directory + QUARANTINE);
          files.rename(temporary + QUARANTINE, directory + QUARANTINE);
        }
        files.delete(temporary);
      }
      abandoned = true;
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  /** Where the rows are that an abandoned run could not read, if there are any. */
  Optional<String> quarantine() {
    return Optional.of(directory + QUARANTINE).filter(path -> abandoned && files.exists(path));
  }

  /** Writes the manifest and puts the data set in place. */
  void commit(DataSetManifest manifest) {
    if (inPlace) {
      fence.requireHeld();
      files.write(EncodedDataSet.manifestPath(directory), ManifestFormat.write(manifest));
      files.delete(mark());
      return;
    }
    files.write(EncodedDataSet.manifestPath(temporary), ManifestFormat.write(manifest));
    fence.requireHeld();
    String old = directory + OLD;
    files.delete(old);
    if (files.exists(directory)) {
      files.rename(directory, old);
    }
    files.rename(temporary, directory);
    files.delete(old);
  }
}

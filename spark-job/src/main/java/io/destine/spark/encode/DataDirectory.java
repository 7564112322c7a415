package io.destine.spark.encode;

import io.destine.spark.conf.UserError;
import io.destine.spark.store.Fence;
import io.destine.spark.store.OutputContents;
import io.destine.spark.store.OutputKind;
import io.destine.spark.store.Replacement;
import io.destine.spark.store.Siblings;
import io.destine.spark.store.Storage;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory of a data set. It is written as one of its {@link Siblings} and renamed: a reader
 * sees the old data set, none, or the new one, never a part. The sibling belongs to one run, so
 * that rows of a run that has lost its lock do not get among those of its successor.
 *
 * <p>On an object store ({@link Storage#writesInPlace}) it is written in place, manifest last:
 * without it a directory is no data set. A block that another run has written is known by its check
 * sum.
 */
final class DataDirectory {
  private static final Logger LOG = LoggerFactory.getLogger(DataDirectory.class);
  private static final String QUARANTINE = "/quarantine";

  private final DataFiles files;
  private final String directory;
  private final boolean inPlace;
  private final Siblings siblings;
  private final String temporary;
  private final Fence fence;
  private boolean abandoned;

  DataDirectory(DataFiles files, String directory, Fence fence) {
    this.files = files;
    this.directory = directory;
    this.fence = fence;
    inPlace = files.writesInPlace(directory);
    siblings = files.siblings(directory);
    temporary = inPlace ? directory : siblings.fresh().toString();
  }

  /**
   * True when a directory holds the data set of given settings and files, with a vocabulary that is
   * not damaged. Blocks of rows have check sums of their own, which their readers look at.
   *
   * @param fingerprint of these, empty when the source is not made of files
   * @throws UncheckedIOException with the path, when storage fails
   */
  static boolean holdsDataSetMadeOf(Configuration hadoop, String directory, String fingerprint) {
    String path = EncodedDataSet.manifestPath(directory);
    DataFiles files = new DataFiles(hadoop);
    if (fingerprint.isEmpty() || !files.exists(path)) {
      return false;
    }
    DataSetManifest manifest;
    try {
      manifest = ManifestFormat.read(files.read(path), path);
    } catch (IllegalArgumentException e) {
      return false;
    }
    return manifest.encodingFingerprint().equals(fingerprint)
        && holdsVocabulary(hadoop, directory, manifest.vocabularySha256());
  }

  private static boolean holdsVocabulary(Configuration hadoop, String directory, String sha256) {
    try {
      StoredVocabulary.open(hadoop, EncodedDataSet.vocabularyPath(directory)).verify(sha256);
      return true;
    } catch (IllegalArgumentException e) {
      return damaged(e);
    } catch (UncheckedIOException e) {
      if (Storage.isDamage(e.getCause())) {
        return damaged(e);
      }
      throw e;
    }
  }

  private static boolean damaged(Exception e) {
    LOG.warn("The rows are encoded again, since the data set is damaged: {}", e.getMessage());
    return false;
  }

  /**
   * Checks that replacing the directory destroys nothing but a data set.
   *
   * @throws UserError when it holds something else
   */
  void requireReplaceable() {
    OutputContents there = files.contents(directory);
    if (!there.isReplaceableBy(OutputKind.DATA_SET)) {
      throw new UserError(
          "output.data: "
              + directory
              + " holds "
              + there.words()
              + "; give the encoded data set a directory of its own");
    }
  }

  /** The directory to write to, empty; siblings of killed runs are removed. */
  String begin() {
    fence.requireHeld();
    if (inPlace) {
      files.delete(EncodedDataSet.manifestPath(directory));
      files.delete(directory);
      files.write(mark(), "");
      return directory;
    }
    siblings.removeLeftovers();
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
  void abandon(Throwable failure) {
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
    } catch (Exception e) {
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
    requireReplaceable();
    new Replacement(siblings.fileSystem(), siblings.target(), siblings.old())
        .put(new Path(temporary));
  }
}

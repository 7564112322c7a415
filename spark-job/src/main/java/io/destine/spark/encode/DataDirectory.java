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
 * The directory of a data set. It is written as a sibling directory ({@link Siblings}) and renamed:
 * a reader sees the old data set, none, or the new one, never a part. Each run has its own sibling,
 * so rows of a run that has lost its lock do not mix with rows of its successor.
 *
 * <p>On an object store ({@link Storage#writesInPlace}) it is written in place, manifest last: a
 * directory without a manifest is not a data set. Checksums reveal blocks that another run has
 * written.
 */
final class DataDirectory {
  private static final Logger LOG = LoggerFactory.getLogger(DataDirectory.class);
  private static final String QUARANTINE = "/quarantine";

  /** The quarantine of a failed run, next to the quarantine of a data set. */
  private static final String FAILED = "/quarantine-of-failed-run";

  private final DataFiles files;
  private final String directory;
  private final boolean inPlace;
  private final Siblings siblings;
  private final String temporary;
  private final Fence fence;
  private Optional<String> quarantine = Optional.empty();

  DataDirectory(DataFiles files, String directory, Fence fence) {
    this.files = files;
    this.directory = directory;
    this.fence = fence;
    inPlace = files.writesInPlace(directory);
    siblings = files.siblings(directory);
    temporary = inPlace ? directory : siblings.fresh().toString();
  }

  /**
   * True if a directory holds the data set of the given settings and files, with an undamaged
   * vocabulary. Blocks of rows have their own checksums, which are verified when they are read.
   *
   * @param fingerprint of the settings and the files or snapshots of the sources; empty if a source
   *     has neither
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
    } catch (UserError e) {
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
   * Checks that replacing the directory destroys only a data set.
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

  /** Prepares the empty directory to write to; removes siblings of killed runs. */
  String begin() {
    fence.requireHeld();
    if (inPlace) {
      Storage.beginInPlace(
          siblings.fileSystem(),
          new Path(mark()),
          new Path(EncodedDataSet.manifestPath(directory)));
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
   * Removes the output of a failed run except its quarantine, which is put in place; if there is a
   * data set, next to the quarantine of the data set.
   *
   * @param failure of the run; failures of the removal are added to it
   */
  void abandon(Throwable failure) {
    try {
      fence.requireHeld();
      if (inPlace) {
        files.delete(directory + "/rows");
        files.delete(directory + "/vocabulary");
        files.delete(mark());
        quarantine = Optional.of(directory + QUARANTINE).filter(files::exists);
      } else {
        if (files.exists(temporary + QUARANTINE)) {
          String name = files.exists(EncodedDataSet.manifestPath(directory)) ? FAILED : QUARANTINE;
          String target = siblings.target().toString();
          files.makeDirectory(target);
          files.delete(target + name);
          files.rename(temporary + QUARANTINE, target + name);
          quarantine = Optional.of(directory + name);
        }
        files.delete(temporary);
      }
    } catch (Exception e) {
      failure.addSuppressed(e);
    }
  }

  /** The directory of the rows that an abandoned run could not read, if any. */
  Optional<String> quarantine() {
    return quarantine;
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
        .put(new Path(temporary), siblings::discard);
  }
}

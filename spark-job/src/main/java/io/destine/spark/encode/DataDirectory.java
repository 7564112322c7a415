package io.destine.spark.encode;

import io.destine.spark.conf.UserError;

/**
 * The directory of a data set and its temporary sibling. A reader sees the old data set, none, or
 * the new one, never a part.
 */
final class DataDirectory {
  private final DataFiles files;
  private final String directory;
  private final String temporary;

  DataDirectory(DataFiles files, String directory) {
    this.files = files;
    this.directory = directory;
    temporary = directory + ".temporary";
  }

  boolean holdsDataSetMadeOf(String fingerprint) {
    String path = EncodedDataSet.manifestPath(directory);
    if (!files.exists(path)) {
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
    if (files.exists(directory)
        && !files.exists(EncodedDataSet.manifestPath(directory))
        && files.list(directory).stream()
            .anyMatch(f -> !f.getPath().getName().equals("quarantine"))) {
      throw new UserError(
          "output.data: must be a new directory or one of an encoded data set, got " + directory);
    }
  }

  /** The temporary directory, emptied. */
  String begin() {
    files.delete(temporary);
    files.makeDirectory(temporary);
    return temporary;
  }

  /** Puts the quarantine in its place and drops the rest. */
  void keepQuarantineOnly() {
    if (files.exists(temporary + "/quarantine")) {
      files.makeDirectory(directory);
      files.delete(directory + "/quarantine");
      files.rename(temporary + "/quarantine", directory + "/quarantine");
    }
    files.delete(temporary);
  }

  /** Writes the manifest and puts the temporary directory in place. */
  void commit(DataSetManifest manifest) {
    files.write(EncodedDataSet.manifestPath(temporary), ManifestFormat.write(manifest));
    String old = directory + ".old";
    files.delete(old);
    if (files.exists(directory)) {
      files.rename(directory, old);
    }
    files.rename(temporary, directory);
    files.delete(old);
  }
}

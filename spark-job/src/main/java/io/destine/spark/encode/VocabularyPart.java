package io.destine.spark.encode;

import io.destine.artifact.ModelFormatException;
import io.destine.artifact.TableContentFile;
import io.destine.artifact.VocabularyFile;
import io.destine.artifact.VocabularyIndex;
import io.destine.feature.TableContent;
import io.destine.feature.VocabularyShard;
import io.destine.spark.store.Storage;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkEnv;
import org.apache.spark.SparkFiles;

/**
 * A file of a vocabulary on a Hadoop file system.
 *
 * @param part its entry in the vocabulary
 */
record VocabularyPart(VocabularyIndex.Part part) {

  private interface Reader<T> {
    T read(InputStream in) throws IOException;
  }

  /**
   * Its values, in arrays.
   *
   * @throws IllegalArgumentException when the file is damaged
   */
  VocabularyFile.Values read(Configuration hadoop, String directory) {
    return verified(hadoop, directory, VocabularyFile::read);
  }

  /**
   * Reads the file and discards its content.
   *
   * @throws IllegalArgumentException when the file is damaged
   */
  void verify(Configuration hadoop, String directory) {
    verified(hadoop, directory, in -> in.transferTo(OutputStream.nullOutputStream()));
  }

  /**
   * Its values outside the heap: the file is copied to this machine's disk while its digest is
   * taken, mapped into memory, and the copy's name deleted.
   *
   * @throws IllegalArgumentException when the file is damaged
   */
  VocabularyShard map(Configuration hadoop, String directory) {
    return mapped(hadoop, directory, VocabularyFile::map);
  }

  /**
   * Its rows of a side table, outside the heap as above.
   *
   * @throws IllegalArgumentException when the file is damaged
   */
  TableContent.Part mapRows(Configuration hadoop, String directory) {
    return mapped(hadoop, directory, copy -> TableContentFile.map(copy, part.values()));
  }

  private interface Mapping<T> {
    T map(java.nio.file.Path copy) throws IOException;
  }

  private <T> T mapped(Configuration hadoop, String directory, Mapping<T> mapping) {
    java.nio.file.Path copy = null;
    try {
      copy = Files.createTempFile(scratch(), "vocabulary-", ".safetensors");
      java.nio.file.Path target = copy;
      verified(
          hadoop, directory, in -> Files.copy(in, target, StandardCopyOption.REPLACE_EXISTING));
      return mapping.map(copy);
    } catch (IOException e) {
      throw notKept(directory, e);
    } catch (UncheckedIOException e) {
      // Reading needs no space, so the full disk is the one of the copy.
      throw Storage.isFull(String.valueOf(e.getMessage())) ? notKept(directory, e.getCause()) : e;
    } catch (ModelFormatException e) {
      throw damaged(new Path(directory, part.name()), e);
    } finally {
      delete(copy);
    }
  }

  private UncheckedIOException notKept(String directory, IOException e) {
    return new UncheckedIOException(
        "Cannot keep a copy of "
            + new Path(directory, part.name())
            + " in "
            + scratch()
            + ", the scratch directory of this process: "
            + e.getMessage(),
        e);
  }

  private static java.nio.file.Path scratch() {
    return java.nio.file.Path.of(
        SparkEnv.get() == null
            ? System.getProperty("java.io.tmpdir")
            : SparkFiles.getRootDirectory());
  }

  private static void delete(java.nio.file.Path copy) {
    try {
      if (copy != null) {
        Files.deleteIfExists(copy);
      }
    } catch (IOException e) {
      // Spark deletes its scratch directories at the end of an application.
      copy.toFile().deleteOnExit();
    }
  }

  private <T> T verified(Configuration hadoop, String directory, Reader<T> reader) {
    Path path = new Path(directory, part.name());
    MessageDigest digest = NumberedShard.sha256();
    try (InputStream in =
        new DigestInputStream(
            new BufferedInputStream(Storage.of(hadoop, path).open(path), 1 << 16), digest)) {
      T values = reader.read(in);
      String found = HexFormat.of().formatHex(digest.digest());
      if (!found.equals(part.sha256())) {
        throw new IllegalArgumentException(
            path + " is damaged: SHA-256 must be " + part.sha256() + ", got " + found);
      }
      return values;
    } catch (ModelFormatException e) {
      throw damaged(path, e);
    } catch (IOException e) {
      throw Storage.failure("read", path, e);
    }
  }

  private static IllegalArgumentException damaged(Path path, ModelFormatException e) {
    return new IllegalArgumentException(path + " is damaged: " + e.getMessage(), e);
  }
}

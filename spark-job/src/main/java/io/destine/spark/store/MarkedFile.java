package io.destine.spark.store;

import io.destine.spark.conf.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.util.Arrays;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;

/**
 * A small text file on the local disk that a command writes, atomically. An existing file is
 * replaced only if its first bytes show that the same command wrote it.
 *
 * @param setting the option or key that names the file, for messages
 * @param path of the file
 * @param mark the beginning of each text
 * @param writer the command, for messages
 */
public record MarkedFile(String setting, Path path, String mark, String writer) {

  /**
   * Checks that the file can be written.
   *
   * @param overwrite whether an earlier file of the command may be replaced
   * @throws UserError if an earlier file may not be replaced, if something else is there, if its
   *     directory is a file or not writable, or if it lies inside a model, a data set or a table
   */
  public void requireWritable(boolean overwrite) {
    requireReplaceable();
    if (exists() && !overwrite) {
      throw refused(" already exists; add --overwrite to replace it");
    }
    Path directory = path.toAbsolutePath().getParent();
    while (directory != null && !Files.exists(directory)) {
      directory = directory.getParent();
    }
    if (directory == null || !Files.isDirectory(directory)) {
      throw refused(": " + directory + " is not a directory");
    }
    if (!Files.isWritable(directory)) {
      throw refused(": no permission to create files in " + directory);
    }
  }

  /**
   * Checks that there is no file, or an earlier one of the same command.
   *
   * @throws UserError if something else is there, or if it lies inside a model, a data set or a
   *     table
   */
  public void requireReplaceable() {
    if (exists() && !isOwn()) {
      throw refused(" exists and was not written by " + writer + "; choose another file");
    }
    OutputContents.enclosing(
            disk(), new org.apache.hadoop.fs.Path(path.toAbsolutePath().toString()), false)
        .ifPresent(
            words -> {
              throw refused(words + "; choose a file outside");
            });
  }

  private static FileSystem disk() {
    try {
      return FileSystem.getLocal(new Configuration(false)).getRaw();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot open the local file system: " + e, e);
    }
  }

  private boolean exists() {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }

  private boolean isOwn() {
    if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    byte[] expected = mark.getBytes(StandardCharsets.UTF_8);
    try (InputStream in = Files.newInputStream(path)) {
      return Arrays.equals(in.readNBytes(expected.length), expected);
    } catch (IOException e) {
      return false;
    }
  }

  private UserError refused(String reason) {
    return new UserError(setting + " " + path + reason);
  }

  /**
   * Writes the file, or replaces an earlier one. Missing directories are created.
   *
   * @param text begins with the mark
   * @param attributes of the file
   * @throws UserError if something else has been put there meanwhile
   * @throws UncheckedIOException with the path, if the disk fails
   */
  public void write(String text, FileAttribute<?>... attributes) {
    if (!text.startsWith(mark)) {
      throw new IllegalArgumentException("text must begin with " + mark);
    }
    requireReplaceable();
    Path fresh = null;
    try {
      Path directory = Files.createDirectories(path.toAbsolutePath().getParent());
      String name = "." + path.getFileName() + "." + UUID.randomUUID() + ".new";
      fresh = Files.createFile(directory.resolve(name), attributes);
      Files.writeString(fresh, text);
      Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      deleteQuietly(fresh, e);
      throw new UncheckedIOException("Cannot write " + path + ": " + e, e);
    }
  }

  private static void deleteQuietly(Path fresh, IOException failure) {
    try {
      if (fresh != null) {
        Files.deleteIfExists(fresh);
      }
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }
}

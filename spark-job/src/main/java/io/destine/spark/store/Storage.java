package io.destine.spark.store;

import io.destine.artifact.Manifest;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls to a Hadoop file system whose failures name the path. */
public final class Storage {
  private static final Logger LOG = LoggerFactory.getLogger(Storage.class);
  private static final Pattern FULL =
      Pattern.compile("no space left on device|quota (?:is )?exceeded", Pattern.CASE_INSENSITIVE);

  private Storage() {}

  /** The file system of a path. */
  public static FileSystem of(Configuration hadoop, Path path) {
    try {
      return path.getFileSystem(hadoop);
    } catch (IOException e) {
      throw failure("open the file system of", path, e);
    }
  }

  /**
   * True where directories are renamed atomically: on local disks and HDFS. Elsewhere a rename may
   * copy file by file and stop halfway.
   */
  public static boolean renamesAtomically(FileSystem fileSystem) {
    return new AtomicRename(fileSystem).isPossible();
  }

  /**
   * True for an object store with conditional creation of files: directories are written in place
   * there, since a rename would copy them file by file. Other storage is assumed to rename
   * directories atomically.
   */
  public static boolean writesInPlace(FileSystem fileSystem) {
    return !renamesAtomically(fileSystem) && new ConditionalCreate(fileSystem).isPossible();
  }

  /** True if a file or directory exists. */
  public static boolean exists(FileSystem fileSystem, Path path) {
    try {
      return fileSystem.exists(path);
    } catch (IOException e) {
      throw failure("access", path, e);
    }
  }

  /** The bytes of a file; empty if there is none. */
  static Optional<byte[]> read(FileSystem fileSystem, Path path) throws IOException {
    try (InputStream in = fileSystem.open(path)) {
      return Optional.of(in.readAllBytes());
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
  }

  /** The entries of a directory; none when it does not exist. */
  public static FileStatus[] list(FileSystem fileSystem, Path directory) {
    try {
      return fileSystem.listStatus(directory);
    } catch (FileNotFoundException e) {
      return new FileStatus[0];
    } catch (IOException e) {
      throw failure("list", directory, e);
    }
  }

  /** Deletes a file, or a directory with its contents, if it exists. */
  public static void delete(FileSystem fileSystem, Path path) {
    try {
      if (!fileSystem.delete(path, true) && fileSystem.exists(path)) {
        throw new IOException("the file system refused");
      }
    } catch (IOException e) {
      throw failure("delete", path, e);
    }
  }

  /** Like {@link #delete}, for paths that may stay without harm. */
  static void deleteLeftover(FileSystem fileSystem, Path path) {
    try {
      delete(fileSystem, path);
    } catch (Exception e) {
      LOG.warn("{} could not be removed; it does no harm", path, e);
    }
  }

  /**
   * Prepares a directory to be written in place: creates an empty file that marks the directory as
   * the project's own, even if the writer is killed next, then removes everything else in it, first
   * the manifest, which declares the old contents complete.
   */
  public static void beginInPlace(FileSystem fileSystem, Path mark, Path manifest) {
    try {
      StorageOutput.create(fileSystem, mark, true).close();
    } catch (IOException e) {
      throw failure("write", mark, e);
    }
    delete(fileSystem, manifest);
    for (FileStatus file : list(fileSystem, mark.getParent())) {
      if (!file.getPath().getName().equals(mark.getName())) {
        delete(fileSystem, file.getPath());
      }
    }
  }

  /**
   * Renames a directory to a path that does not exist. On a local disk it is copied only if the
   * file system cannot move it: overlayfs does not move directories of a container's image.
   */
  public static void rename(FileSystem fileSystem, Path from, Path to) {
    AtomicRename rename = new AtomicRename(fileSystem);
    try {
      if (fileSystem.exists(to)) {
        throw new IOException("the target exists; is there a second writer?");
      }
      if (rename.local()) {
        try {
          rename.over(from, to);
        } catch (AtomicMoveNotSupportedException e) {
          moveByCopy(fileSystem, from, to);
        }
      } else if (!fileSystem.rename(from, to)) {
        throw new IOException("the file system refused");
      }
    } catch (IOException e) {
      throw failure("rename " + from + " to", to, e);
    }
  }

  /** The copy is complete under its final name before the original is deleted, manifest first. */
  private static void moveByCopy(FileSystem fileSystem, Path from, Path to) throws IOException {
    Path copy = to.suffix("-" + UUID.randomUUID());
    try {
      copy(fileSystem.getConf(), from, copy);
    } catch (Throwable e) {
      deleteLeftover(fileSystem, copy);
      throw e;
    }
    new AtomicRename(fileSystem).over(copy, to);
    delete(fileSystem, new Path(from, Manifest.FILE));
    delete(fileSystem, from);
  }

  /** Copies a file, or a directory with its contents, to a path that does not exist. */
  public static void copy(Configuration hadoop, Path from, Path to) {
    try {
      if (of(hadoop, to).exists(to)) {
        // Otherwise the copy would go into an existing directory.
        throw new IOException("the target exists");
      }
      FileUtil.copy(of(hadoop, from), from, of(hadoop, to), to, false, true, hadoop);
    } catch (IOException e) {
      throw failure("copy " + from + " to", to, e);
    }
  }

  /** True if a file is missing, truncated or has a wrong checksum; a retry does not help. */
  public static boolean isDamage(IOException failure) {
    return failure instanceof FileNotFoundException
        || failure instanceof EOFException
        || failure instanceof ChecksumException;
  }

  /** True if the message of a failure says that a disk is full or a quota is exceeded. */
  public static boolean isFull(String message) {
    return FULL.matcher(message).find();
  }

  /** "Cannot VERB PATH", with the cause. */
  public static UncheckedIOException failure(String verb, Path path, IOException cause) {
    return new UncheckedIOException("Cannot " + verb + " " + path + ": " + cause, cause);
  }
}

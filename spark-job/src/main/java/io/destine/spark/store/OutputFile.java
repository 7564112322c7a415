package io.destine.spark.store;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A large output file of a command. It is written to a sibling file ({@link Siblings}) and renamed
 * once complete, so that a reader finds the earlier file or the complete new one. If the storage
 * cannot replace a file atomically, the earlier one is deleted first. One writer at a time:
 * siblings of killed writers are removed. Failures are {@link java.io.UncheckedIOException} with
 * the path.
 */
public final class OutputFile implements AutoCloseable {
  private static final int BUFFER = 1 << 16;

  private final AtomicRename rename;
  private final FileSystem fileSystem;
  private final Siblings siblings;
  private final Path path;
  private final Path fresh;

  /** Writes the bytes of a file. */
  @FunctionalInterface
  public interface Content {
    void write(OutputStream out) throws IOException;
  }

  /** The file at the given path; neither it nor its directory need exist. */
  public OutputFile(FileSystem given, Path path) {
    rename = new AtomicRename(given);
    fileSystem = rename.fileSystem();
    siblings = new Siblings(fileSystem, path);
    this.path = siblings.target();
    fresh = siblings.fresh();
  }

  /**
   * Writes the hidden sibling.
   *
   * @return its size in bytes
   */
  public long write(Content content) {
    siblings.removeLeftovers();
    try {
      try (OutputStream out =
          new BufferedOutputStream(StorageOutput.create(fileSystem, fresh, false), BUFFER)) {
        // In case the process is stopped; a failed run removes the file itself. Hadoop registers
        // only files that exist.
        fileSystem.deleteOnExit(fresh);
        content.write(out);
      }
      return fileSystem.getFileStatus(fresh).getLen();
    } catch (IOException e) {
      throw Storage.failure("write", path, e);
    }
  }

  /** Replaces the earlier file by the written one. */
  public void commit() {
    try {
      if (rename.isPossible()) {
        if (rename.local()) {
          // Checksums of an earlier file; readers would check the new file against them.
          Storage.delete(fileSystem, siblings.sibling("crc"));
        }
        rename.over(fresh, path);
      } else {
        Storage.delete(fileSystem, path);
        if (!fileSystem.rename(fresh, path)) {
          throw new IOException("the file system refused");
        }
      }
    } catch (IOException e) {
      throw Storage.failure("replace", path, e);
    }
  }

  /** Deletes the earlier file. */
  public void delete() {
    Storage.delete(fileSystem, path);
    if (rename.local()) {
      Storage.delete(fileSystem, siblings.sibling("crc"));
    }
  }

  /** Removes a written file that was not put in place. */
  @Override
  public void close() {
    Storage.delete(fileSystem, fresh);
    fileSystem.cancelDeleteOnExit(fresh);
  }
}

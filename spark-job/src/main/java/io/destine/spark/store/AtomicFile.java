package io.destine.spark.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A small text file that is replaced in one step: whoever reads it finds the old text or the new
 * one, never a part, never nothing, also when the writer is killed.
 *
 * <p>The text is written to a hidden sibling, .NAME.new-RANDOM, forced to disk, read back and
 * renamed over the file, see {@link AtomicRename}. The next replacement removes siblings of killed
 * writers. One writer at a time; any number of readers.
 *
 * <p>Relied upon in HDFS: rename with {@code OVERWRITE} is one entry of the name node's log; hsync
 * returns when the data nodes have the bytes on disk. Blocks of a replaced file may go while it is
 * being read, so a failing read starts over.
 *
 * <p>Failures are {@link java.io.UncheckedIOException} with the path.
 */
public final class AtomicFile {
  private static final int MOST_ATTEMPTS = 5;

  private final AtomicRename rename;
  private final FileSystem fileSystem;
  private final Path path;

  /** The file at the given path, which need not exist, nor its directory. */
  public AtomicFile(FileSystem fileSystem, Path path) {
    rename = new AtomicRename(fileSystem);
    this.fileSystem = rename.fileSystem();
    this.path = fileSystem.makeQualified(path);
  }

  /** The text, from UTF-8; empty when there is no file. */
  public Optional<String> read() {
    for (int attempt = 1; ; attempt++) {
      try {
        return Optional.of(text(path));
      } catch (IOException e) {
        if (e instanceof FileNotFoundException && isAbsent()) {
          return Optional.empty();
        }
        if (attempt == MOST_ATTEMPTS) {
          throw Storage.failure("read", path, e);
        }
      }
    }
  }

  /**
   * Replaces the text; when this fails, the file has the old text or the new one.
   *
   * @throws IllegalArgumentException when the file system cannot replace a file in one step
   */
  public void replace(String text) {
    rename.require(path);
    Path fresh = sibling("new-" + UUID.randomUUID());
    try {
      removeSiblings();
      write(fresh, text);
      if (rename.local()) {
        // Left by a writer with checksums; it would make such a reader refuse the new text.
        Storage.delete(fileSystem, sibling("crc"));
      }
      rename.over(fresh, path);
    } catch (IOException e) {
      throw withdrawn(fresh, Storage.failure("replace", path, e));
    } catch (RuntimeException e) {
      throw withdrawn(fresh, e);
    }
  }

  /** Writes a file that must not exist yet, forces it to disk and reads it back. */
  void write(Path fresh, String text) throws IOException {
    try (FSDataOutputStream out = fileSystem.create(fresh, false)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
      out.hsync();
    }
    if (!text(fresh).equals(text)) {
      throw new IOException(fresh + " must read back as written, got another text");
    }
  }

  private String text(Path from) throws IOException {
    try (InputStream in = fileSystem.open(from)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private boolean isAbsent() {
    try {
      return !fileSystem.exists(path);
    } catch (IOException e) {
      throw Storage.failure("look for", path, e);
    }
  }

  private RuntimeException withdrawn(Path fresh, RuntimeException failure) {
    try {
      Storage.delete(fileSystem, fresh);
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
    return failure;
  }

  private void removeSiblings() throws IOException {
    String prefix = sibling("new-").getName();
    FileStatus[] siblings;
    try {
      siblings = fileSystem.listStatus(path.getParent());
    } catch (FileNotFoundException e) {
      return;
    }
    for (FileStatus status : siblings) {
      if (status.getPath().getName().startsWith(prefix)) {
        Storage.delete(fileSystem, status.getPath());
      }
    }
  }

  private Path sibling(String suffix) {
    return new Path(path.getParent(), "." + path.getName() + "." + suffix);
  }
}

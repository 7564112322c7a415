package io.destine.spark.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A small text file that is created or replaced atomically: readers find the old text or the new
 * one, never a partial or missing file, even if the writer is killed.
 *
 * <p>To replace it, the text is written to one of its {@link Siblings}, forced to disk, read back
 * and renamed over the file, see {@link AtomicRename}. The next replacement removes siblings of
 * killed writers. One writer at a time; any number of readers.
 *
 * <p>To create it, the text is written to .NAME.claim-RANDOM, which is put in place if the file
 * does not exist: on a local disk by a hard link, on HDFS by a rename, which the name node refuses
 * if the name is taken. A creator that is delayed or fails touches only its claim. Any number of
 * creators; one succeeds.
 *
 * <p>Object stores need no siblings, see {@link ConditionalCreate}.
 *
 * <p>The class relies on these properties of HDFS: a rename with {@code OVERWRITE} is one entry of
 * the name node's log; hsync returns once the data nodes have the bytes on disk. Blocks of a
 * replaced file may disappear while it is being read, so a failed read starts over.
 *
 * <p>Failures are {@link java.io.UncheckedIOException} with the path.
 */
public final class AtomicFile {
  /** Separates the file's name from the random part in the name of a claim. */
  static final String CLAIM = ".claim-";

  private static final int MOST_ATTEMPTS = 5;

  /** How link(2) fails on disks without hard links: EPERM, ENOTSUP, ENOSYS. */
  private static final Pattern NO_LINKS =
      Pattern.compile("not (permitted|supported|implemented)", Pattern.CASE_INSENSITIVE);

  private final AtomicRename rename;
  private final ConditionalCreate store;
  private final FileSystem fileSystem;
  private final Siblings siblings;
  private final Path path;

  /** The file at the given path; neither it nor its directory need exist. */
  public AtomicFile(FileSystem fileSystem, Path path) {
    rename = new AtomicRename(fileSystem);
    store = new ConditionalCreate(fileSystem);
    this.fileSystem = rename.fileSystem();
    siblings = new Siblings(this.fileSystem, path);
    this.path = siblings.target();
  }

  /** The text, from UTF-8; empty if there is no file. */
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
   * Replaces the text; after a failure, the file has the old text or the new one.
   *
   * @throws IllegalArgumentException if the file system cannot replace a file atomically
   */
  public void replace(String text) {
    if (inStore()) {
      try {
        store.replace(path, text);
      } catch (IOException e) {
        throw Storage.failure("replace", path, e);
      }
      return;
    }
    Path fresh = siblings.fresh();
    try {
      siblings.removeLeftovers();
      write(fresh, text);
      if (rename.local()) {
        // Checksums of an earlier text; readers would check the new text against them.
        Storage.delete(fileSystem, siblings.sibling("crc"));
      }
      rename.over(fresh, path);
    } catch (IOException e) {
      withdraw(fresh, e);
      throw Storage.failure("replace", path, e);
    } catch (Throwable e) {
      withdraw(fresh, e);
      throw e;
    }
  }

  /** True for an object store, false where files are renamed. */
  private boolean inStore() {
    if (rename.isPossible()) {
      return false;
    }
    if (!store.isPossible()) {
      throw new IllegalArgumentException(rename.refusal(path));
    }
    return true;
  }

  /**
   * Creates the file if it does not exist.
   *
   * @param text unique to this process
   * @return false if the file exists
   * @throws IllegalArgumentException if the file system cannot create a file conditionally
   */
  boolean create(String text) {
    try {
      return inStore() ? store.create(path, text) : claim(text);
    } catch (IOException e) {
      throw Storage.failure("create", path, e);
    }
  }

  private boolean claim(String text) throws IOException {
    for (int attempt = 1; ; attempt++) {
      Path claim = siblings.sibling(CLAIM.substring(1) + UUID.randomUUID());
      try {
        write(claim, text);
        return rename.local() ? link(claim) : fileSystem.rename(claim, path);
      } catch (FileNotFoundException | NoSuchFileException e) {
        // Cleanup by another process may remove an empty directory, or the claim of a slow creator.
        if (attempt == MOST_ATTEMPTS) {
          throw e;
        }
      } finally {
        Storage.deleteLeftover(fileSystem, claim);
      }
    }
  }

  private boolean link(Path claim) throws IOException {
    try {
      Files.createLink(AtomicRename.onDisk(path), AtomicRename.onDisk(claim));
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    } catch (UnsupportedOperationException e) {
      throw new NoHardLinksException(path.getParent(), e);
    } catch (FileSystemException e) {
      if (NO_LINKS.matcher(String.valueOf(e.getReason())).find()) {
        throw new NoHardLinksException(path.getParent(), e);
      }
      throw e;
    }
  }

  /** Writes a file that must not exist yet, forces it to disk and reads it back. */
  private void write(Path fresh, String text) throws IOException {
    try (FSDataOutputStream out = fileSystem.create(fresh, false)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
      out.hsync();
    } catch (FSError e) {
      throw StorageOutput.cause(e);
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
      throw Storage.failure("access", path, e);
    }
  }

  private void withdraw(Path fresh, Throwable failure) {
    try {
      Storage.delete(fileSystem, fresh);
    } catch (Exception e) {
      failure.addSuppressed(e);
    }
  }
}

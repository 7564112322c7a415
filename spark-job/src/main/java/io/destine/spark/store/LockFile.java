package io.destine.spark.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps on a lock file of which one contender only succeeds.
 *
 * <p>A lock is written whole as a sibling, .NAME.claim-RANDOM, and then put in place, unless there
 * is one: a creator that is held up or fails touches nothing but its claim.
 *
 * <p>On a local disk: a hard link puts the file in place unless there is one; taking away compares
 * and deletes under a lock of the operating system on the sibling .NAME.guard, which ends with its
 * process. That file stays: removing it would let two processes lock two files.
 *
 * <p>Relied upon in HDFS: rename to a taken name fails, decided by the name node. All contenders
 * for one expired content rename it to the same sibling, .NAME.expired-TIME-DIGEST, which stays for
 * a lease at least, so that a slow contender does not move the fresh lock; one that does puts it
 * back.
 */
final class LockFile {
  private static final Logger LOG = LoggerFactory.getLogger(LockFile.class);
  private static final ReentrantLock IN_THIS_PROCESS = new ReentrantLock();

  private final AtomicRename rename;
  private final FileSystem fileSystem;
  private final AtomicFile file;
  private final Path path;

  LockFile(FileSystem given, Path path) {
    rename = new AtomicRename(given);
    rename.require(path);
    fileSystem = rename.fileSystem();
    file = new AtomicFile(given, path);
    this.path = given.makeQualified(path);
  }

  Path path() {
    return path;
  }

  /** A text seen in the lock file, and when it was written. */
  record Content(String text, Instant written) {}

  /** What is there, or empty. */
  Optional<Content> read() {
    try {
      FileStatus status = fileSystem.getFileStatus(path);
      Instant written = Instant.ofEpochMilli(status.getModificationTime());
      return file.read().map(text -> new Content(text, written));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw Storage.failure("look into", path, e);
    }
  }

  /** Replaces the text of a lock that is the caller's. */
  void replace(String text) {
    file.replace(text);
  }

  void delete() {
    Storage.delete(fileSystem, path);
  }

  /** Creates the lock file with a text; false when there is one. */
  boolean create(String text) {
    Path claim = sibling("claim-" + UUID.randomUUID());
    try {
      file.write(claim, text);
      return rename.local() ? link(claim) : fileSystem.rename(claim, path);
    } catch (NoSuchFileException e) {
      // The claim took so long that it was removed as a leftover.
      return false;
    } catch (IOException e) {
      throw Storage.failure("create", path, e);
    } finally {
      deleteLeftover(claim);
    }
  }

  private boolean link(Path claim) throws IOException {
    try {
      Files.createLink(AtomicRename.onDisk(path), AtomicRename.onDisk(claim));
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }

  /**
   * Takes the lock file away if it still has the given content; true for one caller only.
   *
   * @throws java.io.UncheckedIOException when storage fails; the lock may be gone then
   */
  boolean takeAway(Content content) {
    try {
      return rename.local() ? deleteUnderGuard(content) : renameAside(content);
    } catch (FileNotFoundException e) {
      return false;
    } catch (IOException e) {
      throw Storage.failure("take over", path, e);
    }
  }

  private boolean deleteUnderGuard(Content content) throws IOException {
    IN_THIS_PROCESS.lock();
    try (FileChannel channel =
            FileChannel.open(
                AtomicRename.onDisk(sibling("guard")),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock guard = channel.lock()) {
      if (!guard.isValid() || !file.read().equals(Optional.of(content.text()))) {
        return false;
      }
      delete();
      return true;
    } finally {
      IN_THIS_PROCESS.unlock();
    }
  }

  private boolean renameAside(Content content) throws IOException {
    String digest = Integer.toHexString(content.text().hashCode());
    Path aside = sibling("expired-" + content.written().toEpochMilli() + "-" + digest);
    if (!fileSystem.rename(path, aside)) {
      return false;
    }
    Optional<String> taken = new AtomicFile(fileSystem, aside).read();
    if (taken.equals(Optional.of(content.text()))) {
      // From here on it counts as young, see removeLeftovers.
      fileSystem.setTimes(aside, System.currentTimeMillis(), -1);
      return true;
    }
    if (!fileSystem.rename(aside, path)) {
      LOG.warn("{} was taken away from its holder: {}", path, taken.orElse("").strip());
    }
    return false;
  }

  /** Removes what takers and killed creators left before the given time. */
  void removeLeftovers(Instant before) {
    try {
      for (FileStatus status : fileSystem.listStatus(path.getParent())) {
        String name = status.getPath().getName();
        if ((name.startsWith(sibling("expired-").getName())
                || name.startsWith(sibling("claim-").getName()))
            && status.getModificationTime() < before.toEpochMilli()) {
          deleteLeftover(status.getPath());
        }
      }
    } catch (IOException e) {
      LOG.warn("Cannot list the leftovers of {}", path, e);
    }
  }

  private void deleteLeftover(Path leftover) {
    try {
      Storage.delete(fileSystem, leftover);
    } catch (RuntimeException e) {
      LOG.warn("{} stays behind; it does no harm", leftover, e);
    }
  }

  private Path sibling(String suffix) {
    return new Path(path.getParent(), "." + path.getName() + "." + suffix);
  }
}

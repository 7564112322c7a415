package io.destine.spark.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A log of records: numbered texts in a directory, {@code 000042.json}, each written once and never
 * changed; the text with the highest number is valid. Appends are compare-and-set: an append states
 * the previous number. Of several appends with the same number one succeeds, and a writer that has
 * missed a number fails. So a process that was stopped, for any length of time, cannot undo what
 * others have written since, independently of clocks.
 *
 * <p>The only requirement on storage is conditional creation: creating a file fails if the name is
 * taken, see {@link AtomicFile}. Old numbers may be removed, but not the highest. Therefore an
 * appended text is valid only if the previous one still exists and there is no higher one;
 * otherwise numbers have been removed since its writer looked, and the text is withdrawn. A log may
 * also be cleared, and then begins with 1 again: an append to such a log states the previous text.
 *
 * <p>Failures are {@link java.io.UncheckedIOException} with the path.
 */
final class RecordLog {
  private static final Logger LOG = LoggerFactory.getLogger(RecordLog.class);
  private static final Pattern NAME = Pattern.compile("(\\d{6,18})\\.json");
  private static final int MOST_ATTEMPTS = 20;

  private final FileSystem fileSystem;
  private final Path directory;

  /**
   * A text of a log.
   *
   * @param number from 1 on
   * @param written time of writing, by the clock of the storage
   */
  record Entry(long number, String text, Instant written) {}

  /** The log in a directory, which need not exist. */
  RecordLog(FileSystem given, Path directory) {
    fileSystem = new AtomicRename(given).fileSystem();
    // The conversion to text removes a trailing '/'.
    this.directory = new Path(fileSystem.makeQualified(directory).toString());
  }

  Path directory() {
    return directory;
  }

  /**
   * Checks that storage supports a log, by a test write where servers may differ. A local disk
   * without hard links refuses the first append instead, with an IllegalArgumentException.
   *
   * @throws IllegalArgumentException if it does not, or if a file is in the way
   */
  void require() {
    if (isFile()) {
      throw new IllegalArgumentException(
          directory
              + " is a file, as version 0.1 wrote it; remove it when no run of that version is"
              + " active");
    }
    AtomicRename rename = new AtomicRename(fileSystem);
    if (rename.isPossible()) {
      return;
    }
    ConditionalCreate store = new ConditionalCreate(fileSystem);
    if (!store.isPossible()) {
      throw new IllegalArgumentException(rename.refusal(directory));
    }
    store.require(directory);
  }

  private boolean isFile() {
    try {
      return fileSystem.getFileStatus(directory).isFile();
    } catch (FileNotFoundException e) {
      return false;
    } catch (IOException e) {
      throw Storage.failure("access", directory, e);
    }
  }

  /** True if a file system supports a log. */
  static boolean isPossible(FileSystem fileSystem) {
    return new AtomicRename(fileSystem).isPossible()
        || new ConditionalCreate(fileSystem).isPossible();
  }

  /** The highest number; 0 if there is none. */
  long highest() {
    TreeSet<Long> numbers = numbers();
    return numbers.isEmpty() ? 0 : numbers.last();
  }

  /** The valid text; empty if there is none. */
  Optional<Entry> last() {
    for (int attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
      long number = highest();
      if (number == 0) {
        return Optional.empty();
      }
      Optional<String> text = text(number);
      if (text.isPresent()) {
        return Optional.of(new Entry(number, text.get(), written(path(number))));
      }
      // It has been removed, so a higher one exists.
    }
    throw Storage.failure(
        "read", directory, new IOException("other processes keep removing its newest file"));
  }

  private Instant written(Path path) {
    try {
      return Instant.ofEpochMilli(fileSystem.getFileStatus(path).getModificationTime());
    } catch (FileNotFoundException e) {
      return Instant.EPOCH;
    } catch (IOException e) {
      throw Storage.failure("access", path, e);
    }
  }

  /**
   * Appends a text to a log that has never been cleared.
   *
   * @param after the previous highest number, 0 for none
   * @param text unique to this process
   * @return false if others have appended since; the log is then unchanged
   */
  boolean append(long after, String text) {
    return append(after, text, numbers -> numbers.contains(after));
  }

  /**
   * Appends a text to a log that may have been cleared since.
   *
   * @param after the previous last entry; empty for none
   * @param text unique to this process
   * @return false if others have appended since; the log is then unchanged
   */
  boolean append(Optional<Entry> after, String text) {
    return append(
        after.map(Entry::number).orElse(0L),
        text,
        numbers -> after.map(Entry::text).equals(text(after.get().number())));
  }

  private boolean append(long after, String text, Predicate<SortedSet<Long>> keptBefore) {
    long number = after + 1;
    try {
      if (!new AtomicFile(fileSystem, path(number)).create(text)) {
        return false;
      }
    } catch (NoHardLinksException e) {
      deleteIfEmpty();
      throw e;
    }
    TreeSet<Long> numbers = numbers();
    boolean counts =
        !numbers.isEmpty()
            && numbers.last() == number
            && (after == 0 ? numbers.first() == number : keptBefore.test(numbers));
    if (!counts) {
      Storage.deleteLeftover(fileSystem, path(number));
      deleteIfEmpty();
    }
    return counts;
  }

  private Optional<String> text(long number) {
    return new AtomicFile(fileSystem, path(number)).read();
  }

  /** Removes all records with numbers below the given one. */
  void removeBelow(long number) {
    for (long old : numbers().headSet(number)) {
      Storage.deleteLeftover(fileSystem, path(old));
    }
  }

  /**
   * Removes all records if the number is still the highest: the log starts over.
   *
   * @param claimsBefore unfinished records of creators that began before this time are removed, too
   */
  void clear(long number, Instant claimsBefore) {
    if (highest() != number) {
      return;
    }
    removeBelow(number);
    Storage.delete(fileSystem, path(number));
    for (FileStatus status : Storage.list(fileSystem, directory)) {
      if (status.getPath().getName().contains(AtomicFile.CLAIM)
          && status.getModificationTime() < claimsBefore.toEpochMilli()) {
        Storage.deleteLeftover(fileSystem, status.getPath());
      }
    }
    deleteIfEmpty();
  }

  private void deleteIfEmpty() {
    try {
      fileSystem.delete(directory, false);
    } catch (IOException e) {
      LOG.debug("{} is not empty", directory, e);
    }
  }

  private TreeSet<Long> numbers() {
    TreeSet<Long> numbers = new TreeSet<>();
    for (FileStatus status : Storage.list(fileSystem, directory)) {
      Matcher name = NAME.matcher(status.getPath().getName());
      if (name.matches()) {
        numbers.add(Long.parseLong(name.group(1)));
      }
    }
    return numbers;
  }

  /** The file of a number. */
  Path path(long number) {
    return new Path(directory, String.format(Locale.ROOT, "%06d.json", number));
  }
}

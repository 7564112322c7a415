package io.destine.spark.store;

import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Hidden siblings of a file or directory. The next content is written to {@code .NAME.new-UUID};
 * the previous one is kept in {@code .NAME.old-UUID} while it is being replaced or deleted. Only a
 * model that is being replaced is kept in {@link #previous} instead. A random name belongs to one
 * writer, and only siblings with such names are removed as leftovers.
 *
 * @param fileSystem of the target
 * @param target the {@link CanonicalPath}
 */
public record Siblings(FileSystem fileSystem, Path target) {
  private static final String RANDOM = "-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";
  private static final String FRESH = "new";
  private static final String OLD = "old";

  /** Siblings of a path, which need not exist. */
  public Siblings {
    // The target of a link is replaced, not the link; siblings must be on the target's disk.
    target = CanonicalPath.of(fileSystem, target).path();
  }

  /** A name for the next content. */
  public Path fresh() {
    return sibling(FRESH + "-" + UUID.randomUUID());
  }

  /** A name for the previous content. */
  public Path old() {
    return sibling(OLD + "-" + UUID.randomUUID());
  }

  /** The path at which readers find the previous model while it is being replaced. */
  public Path previous() {
    return sibling(OLD);
  }

  /** The sibling {@code .NAME.SUFFIX}. */
  Path sibling(String suffix) {
    return new Path(target.getParent(), "." + target.getName() + "." + suffix);
  }

  /** The name of the target to which a sibling's name belongs. */
  public static Optional<String> targetOf(String name) {
    return Pattern.compile("\\.(.+)\\.(" + FRESH + "|" + OLD + ")" + RANDOM)
        .matcher(name)
        .results()
        .filter(match -> match.group().equals(name))
        .map(match -> match.group(1))
        .findFirst();
  }

  /**
   * Deletes the target or a sibling; the caller must be the only writer. Where directories are
   * renamed atomically, the path is free afterwards: what remains of a deletion that fails or is
   * killed has a random name.
   *
   * @throws java.io.UncheckedIOException with the path, if storage fails before that
   */
  public void discard(Path path) {
    if (!Storage.renamesAtomically(fileSystem)) {
      Storage.delete(fileSystem, path);
      return;
    }
    Path gone = old();
    Storage.rename(fileSystem, path, gone);
    Storage.deleteLeftover(fileSystem, gone);
  }

  /**
   * Removes the siblings of killed writers; the caller must be the only writer. What cannot be
   * deleted stays, with a warning.
   */
  public void removeLeftovers() {
    if (target.getParent() == null) {
      return;
    }
    for (FileStatus status : Storage.list(fileSystem, target.getParent())) {
      if (targetOf(status.getPath().getName()).filter(target.getName()::equals).isPresent()) {
        Storage.deleteLeftover(fileSystem, status.getPath());
      }
    }
  }
}

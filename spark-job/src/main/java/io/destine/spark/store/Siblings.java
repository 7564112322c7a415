package io.destine.spark.store;

import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Hidden siblings of a file or directory. Its next content is written to {@code .NAME.new-UUID};
 * its last one is kept in {@code .NAME.old-UUID} while it is replaced. A random name belongs to one
 * writer, and nothing but a sibling of such a name is ever removed.
 *
 * @param fileSystem of the target
 * @param target in full
 */
public record Siblings(FileSystem fileSystem, Path target) {
  private static final String RANDOM = "-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";
  private static final String FRESH = "new";
  private static final String OLD = "old";

  /** Siblings of a path, which need not exist. */
  public Siblings {
    // By way of a text, which loses a '/' at the end; with it the last name would be empty.
    target = new Path(fileSystem.makeQualified(target).toString());
  }

  /** A name for the next content. */
  public Path fresh() {
    return sibling(FRESH + "-" + UUID.randomUUID());
  }

  /** A name for the last content. */
  public Path old() {
    return sibling(OLD + "-" + UUID.randomUUID());
  }

  /** The sibling {@code .NAME.SUFFIX}. */
  Path sibling(String suffix) {
    return new Path(target.getParent(), "." + target.getName() + "." + suffix);
  }

  /** The name of a target of whose siblings this is one. */
  public static Optional<String> targetOf(String name) {
    return Pattern.compile("\\.(.+)\\.(" + FRESH + "|" + OLD + ")" + RANDOM)
        .matcher(name)
        .results()
        .filter(match -> match.group().equals(name))
        .map(match -> match.group(1))
        .findFirst();
  }

  /** Removes the siblings of writers that were killed; the caller is the only writer. */
  public void removeLeftovers() {
    if (target.getParent() == null) {
      return;
    }
    for (FileStatus status : Storage.list(fileSystem, target.getParent())) {
      if (targetOf(status.getPath().getName()).filter(target.getName()::equals).isPresent()) {
        Storage.delete(fileSystem, status.getPath());
      }
    }
  }
}

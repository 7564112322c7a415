package io.destine.spark.sink;

import io.destine.spark.store.CanonicalPath;
import io.destine.spark.store.Owner;
import io.destine.spark.store.Storage;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Hidden siblings of an output, {@code .NAME.ID.new}, {@code .NAME.ID.old} and {@code
 * .NAME.ID.sides} ({@link ScratchDirectory}), left by killed runs. A sibling is removed if the
 * process in its marker ran on this machine and has ended, and if it contains only files of such
 * tables.
 *
 * @param fileSystem of the output
 * @param marker of the tables written there
 * @param output the path
 */
record Leftovers(FileSystem fileSystem, OutputMarker marker, Path output) {
  /** The end of the name of a {@link ScratchDirectory}. */
  static final String SIDES = ".sides";

  /** The files in such a directory, with their checksum files on a local disk. */
  private static final Pattern SIDE_TABLE = Pattern.compile("\\.?(keys|table)-.*");

  /**
   * Removes leftovers; logs those it cannot classify.
   *
   * @param own sibling of the current run
   * @param log receives human-readable lines
   */
  void remove(Path own, Consumer<String> log) {
    Pattern hidden =
        Pattern.compile(
            Pattern.quote("." + output.getName() + ".") + "[0-9a-f]{8}\\.(new|old|sides)");
    List<String> doubtful = new ArrayList<>();
    for (FileStatus status : Storage.list(fileSystem, output.getParent())) {
      Path path = status.getPath();
      String name = path.getName();
      if (!status.isDirectory() || !hidden.matcher(name).matches() || name.equals(own.getName())) {
        continue;
      }
      Optional<Owner> writer = marker.writer(path);
      if (writer.isPresent()
          && writer.get().hasEnded()
          && holdsNothingElse(path)
          && isRemoved(path)) {
        log.accept("removed " + CanonicalPath.shown(path) + ", left by a killed run");
      } else if (writer.isEmpty() || writer.get().hasEnded() || !writer.get().isHere()) {
        doubtful.add(name);
      }
    }
    if (!doubtful.isEmpty()) {
      log.accept(
          String.format(
              "warning: %s in %s: left by killed runs, unless a run on another machine uses them;"
                  + " .new may be unfinished, .old is an earlier output, .sides is temporary; remove"
                  + " them by hand",
              String.join(", ", doubtful), CanonicalPath.shown(output.getParent())));
    }
  }

  /** Removes a sibling; returns false if storage refuses, as for files of another user. */
  private boolean isRemoved(Path sibling) {
    try {
      Storage.delete(fileSystem, sibling);
      return true;
    } catch (UncheckedIOException e) {
      return false;
    }
  }

  private boolean holdsNothingElse(Path sibling) {
    boolean sides = sibling.getName().endsWith(SIDES);
    for (FileStatus entry : Storage.list(fileSystem, sibling)) {
      String name = entry.getPath().getName();
      boolean work =
          entry.isDirectory()
              ? name.equals("_temporary")
              : sides && SIDE_TABLE.matcher(name).matches();
      if (!work && !OutputMarker.own(entry)) {
        return false;
      }
    }
    return true;
  }
}

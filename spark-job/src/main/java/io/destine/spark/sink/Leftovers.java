package io.destine.spark.sink;

import io.destine.spark.store.CanonicalPath;
import io.destine.spark.store.Owner;
import io.destine.spark.store.Storage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Hidden siblings of an output, {@code .NAME.ID.new} and {@code .NAME.ID.old}, left by killed runs.
 * A sibling is removed if the process in its marker ran on this machine and has ended, and if it
 * contains only files of such tables.
 *
 * @param fileSystem of the output
 * @param marker of the tables written there
 * @param output the path
 */
record Leftovers(FileSystem fileSystem, OutputMarker marker, Path output) {
  /**
   * Removes leftovers; logs those it cannot classify.
   *
   * @param own sibling of the current run
   * @param log receives human-readable lines
   */
  void remove(Path own, Consumer<String> log) {
    Pattern hidden =
        Pattern.compile(Pattern.quote("." + output.getName() + ".") + "[0-9a-f]{8}\\.(new|old)");
    List<String> doubtful = new ArrayList<>();
    for (FileStatus status : Storage.list(fileSystem, output.getParent())) {
      Path path = status.getPath();
      String name = path.getName();
      if (!status.isDirectory() || !hidden.matcher(name).matches() || name.equals(own.getName())) {
        continue;
      }
      Optional<Owner> writer = marker.writer(path);
      if (writer.isPresent() && writer.get().hasEnded() && holdsNothingElse(path)) {
        Storage.delete(fileSystem, path);
        log.accept("removed " + CanonicalPath.shown(path) + ", left by a killed run");
      } else if (writer.isEmpty() || writer.get().hasEnded() || !writer.get().isHere()) {
        doubtful.add(name);
      }
    }
    if (!doubtful.isEmpty()) {
      log.accept(
          String.format(
              "warning: %s in %s: left by killed runs, unless a run on another machine uses them;"
                  + " .new is unfinished, .old an earlier output; remove them by hand",
              String.join(", ", doubtful), CanonicalPath.shown(output.getParent())));
    }
  }

  private boolean holdsNothingElse(Path sibling) {
    for (FileStatus entry : Storage.list(fileSystem, sibling)) {
      boolean work = entry.isDirectory() && entry.getPath().getName().equals("_temporary");
      if (!work && !OutputMarker.own(entry)) {
        return false;
      }
    }
    return true;
  }
}

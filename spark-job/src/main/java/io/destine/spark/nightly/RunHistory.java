package io.destine.spark.nightly;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.spark.store.AtomicFile;
import io.destine.spark.store.Fence;
import io.destine.spark.store.Storage;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The reports of all runs, one a date, each replaced in one piece. A run writes and removes under
 * its lock, see {@link #under}: once that is lost, it changes nothing.
 */
final class RunHistory {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final FileSystem fileSystem;
  private final NightlyPaths paths;
  private final Fence fence;

  RunHistory(FileSystem fileSystem, NightlyPaths paths) {
    this(fileSystem, paths, Fence.NONE);
  }

  private RunHistory(FileSystem fileSystem, NightlyPaths paths, Fence fence) {
    this.fileSystem = fileSystem;
    this.paths = paths;
    this.fence = fence;
  }

  /** The same history, to be changed by a run that holds a lock. */
  RunHistory under(Fence lock) {
    return new RunHistory(fileSystem, paths, lock);
  }

  /** Checks that whoever writes here may still do so, see {@link Fence#requireHeld}. */
  void requireHeld() {
    fence.requireHeld();
  }

  /** The run of a date, if there was one. */
  Optional<RunRecord> of(LocalDate date) {
    Optional<String> text = new AtomicFile(fileSystem, paths.report(date)).read();
    return text.map(json -> new RunRecord(date, parse(json)));
  }

  private static ObjectNode parse(String json) {
    try {
      JsonNode node = JSON.readTree(json);
      if (node instanceof ObjectNode object) {
        return object;
      }
    } catch (JsonProcessingException e) {
      // A report that cannot be read is that of a failed run, which is done again.
    }
    return JSON.createObjectNode();
  }

  /** All runs, oldest date first. */
  List<RunRecord> all() {
    List<RunRecord> runs = new ArrayList<>();
    for (LocalDate date : dates()) {
      of(date).ifPresent(runs::add);
    }
    return runs;
  }

  private List<LocalDate> dates() {
    List<LocalDate> dates = new ArrayList<>();
    for (FileStatus status : Storage.list(fileSystem, paths.runs())) {
      try {
        dates.add(LocalDate.parse(status.getPath().getName()));
      } catch (DateTimeException e) {
        continue;
      }
    }
    dates.sort(Comparator.naturalOrder());
    return dates;
  }

  /** Finished runs before a date, the newest {@code most} of them, oldest first. */
  List<RunRecord> recent(LocalDate before, int most) {
    List<RunRecord> runs = new ArrayList<>();
    List<LocalDate> dates = dates();
    for (int i = dates.size() - 1; i >= 0 && runs.size() < most; i--) {
      if (dates.get(i).isBefore(before)) {
        of(dates.get(i)).filter(run -> run.result().finished()).ifPresent(run -> runs.add(0, run));
      }
    }
    return runs;
  }

  /** Replaces the report of a run. */
  void write(LocalDate date, ObjectNode report) {
    fence.requireHeld();
    new AtomicFile(fileSystem, paths.report(date)).replace(report.toPrettyString() + "\n");
  }

  /** Removes the encoded rows of all runs. */
  void removeData() {
    for (LocalDate date : dates()) {
      String data = new Path(paths.data(date)).getName();
      for (FileStatus status : Storage.list(fileSystem, paths.run(date))) {
        String name = status.getPath().getName();
        if (name.equals(data) || name.startsWith(data + ".")) {
          delete(status.getPath());
        }
      }
    }
  }

  /** Removes all but the newest runs, and models that nobody may want again. */
  void prune(int keepRuns, int keepModels, String live) {
    List<RunRecord> runs = all();
    for (int i = 0; i < runs.size() - keepRuns; i++) {
      delete(paths.run(runs.get(i).date()));
    }
    List<String> promoted = new ArrayList<>();
    for (int i = runs.size() - 1; i >= 0; i--) {
      runs.get(i).models().forEach(promoted::add);
    }
    List<String> kept = promoted.subList(0, Math.min(keepModels, promoted.size()));
    removeModels(name -> kept.contains(name) || name.equals(live));
  }

  /** Removes what killed runs have left: models that no run has published. */
  void removeLeftovers(String live, String underWay) {
    List<String> promoted = all().stream().flatMap(run -> run.models().stream()).toList();
    removeModels(
        name ->
            promoted.contains(name) || name.equals(live) || name.equals(underWay + ".checkpoints"));
  }

  private void removeModels(Predicate<String> kept) {
    for (FileStatus status : Storage.list(fileSystem, paths.models())) {
      if (!kept.test(status.getPath().getName())) {
        delete(status.getPath());
      }
    }
  }

  private void delete(Path path) {
    fence.requireHeld();
    Storage.delete(fileSystem, path);
  }
}

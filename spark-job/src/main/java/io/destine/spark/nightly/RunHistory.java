package io.destine.spark.nightly;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.destine.artifact.Manifest;
import io.destine.spark.conf.OutputConfig;
import io.destine.spark.report.RunReport;
import io.destine.spark.report.RunResult;
import io.destine.spark.store.AtomicFile;
import io.destine.spark.store.CurrentModel;
import io.destine.spark.store.Fence;
import io.destine.spark.store.OutputContents;
import io.destine.spark.store.OutputKind;
import io.destine.spark.store.Siblings;
import io.destine.spark.store.Storage;
import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The reports of all runs, each replaced atomically. A date has one run, plus one for each forced
 * rerun after the date was finished; a run whose process may still write is resumed under the next
 * name. A run writes and removes under its lock, see {@link #under}: once the lock is lost, it
 * changes nothing.
 */
final class RunHistory {
  private static final Logger LOG = LoggerFactory.getLogger(RunHistory.class);
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

  /** The same history, for changes by a run that holds a lock. */
  RunHistory under(Fence lock) {
    return new RunHistory(fileSystem, paths, lock);
  }

  /** Checks the right to write, see {@link Fence#requireHeld}. */
  void requireHeld() {
    fence.requireHeld();
  }

  /** The run with a name, if it exists. */
  Optional<RunRecord> of(RunName name) {
    Optional<String> text = new AtomicFile(fileSystem, paths.report(name)).read();
    return text.map(json -> new RunRecord(name, parse(json)));
  }

  private static RunReport parse(String json) {
    try {
      return RunReport.of(JSON.readTree(json));
    } catch (JsonProcessingException | IllegalArgumentException e) {
      // An unreadable report counts as a failed run, which is run again.
      return RunReport.of(JSON.createObjectNode());
    }
  }

  /** All runs of a date, in order. */
  List<RunRecord> of(LocalDate date) {
    return records(names().stream().filter(name -> name.date().equals(date)));
  }

  /** All runs, oldest date first, runs of a date in order. */
  List<RunRecord> all() {
    return records(names().stream());
  }

  /** The run that trained a model, if its report is kept. */
  Optional<RunRecord> ofModel(String model) {
    return all().stream().filter(run -> run.published(model)).findFirst();
  }

  /**
   * The run that counts for a date: the newest that published a model, otherwise the newest
   * finished run, otherwise the newest run.
   */
  Optional<RunRecord> standing(LocalDate date) {
    List<RunRecord> runs = of(date);
    return newest(runs, run -> run.result() == RunResult.PROMOTED)
        .or(() -> newest(runs, run -> run.result().finished()))
        .or(() -> newest(runs, run -> true));
  }

  private static Optional<RunRecord> newest(List<RunRecord> runs, Predicate<RunRecord> wanted) {
    return runs.stream().filter(wanted).reduce((first, second) -> second);
  }

  /**
   * The name of a date's next run: the name of its newest run, unless that run is finished or may
   * still write. So only one process writes under a name at a time. Never the name of the live
   * model, whose report may be lost.
   */
  RunName next(LocalDate date, Optional<CurrentModel> live) {
    RunName next = next(date);
    return live.flatMap(model -> RunName.parse(model.name()))
        .filter(model -> model.date().equals(date) && model.number() >= next.number())
        .map(model -> new RunName(date, model.number() + 1))
        .orElse(next);
  }

  private RunName next(LocalDate date) {
    List<RunRecord> runs = of(date);
    if (runs.isEmpty()) {
      return RunName.first(date);
    }
    RunRecord last = runs.get(runs.size() - 1);
    if (!last.result().finished() && last.isOver()) {
      return last.name();
    }
    int most =
        runs.stream()
            .flatMap(run -> run.model().stream())
            .flatMap(model -> RunName.parse(model).stream())
            .mapToInt(RunName::number)
            .max()
            .orElse(0);
    return new RunName(date, Math.max(most, last.name().number()) + 1);
  }

  /**
   * The completed record of the run that published the live model and ended before it recorded
   * this; empty if there is none.
   */
  Optional<RunRecord> completed(CurrentModel live, Clock clock) {
    return newest(of(live.date()), run -> run.result() != RunResult.PROMOTED && run.is(live.run()))
        .map(
            run ->
                new RunRecord(
                    run.name(),
                    ReportBuilder.finished(run.report(), paths.model(live.name()), live, clock)));
  }

  /** The unfinished run that a run resumes: with its own name or the previous one. */
  Optional<RunRecord> goesOnWith(RunName name) {
    return newest(of(name.date()), run -> run.name().compareTo(name) <= 0)
        .filter(run -> !run.result().finished());
  }

  /** Gives a run the checkpoints of the run that it resumes. */
  void adoptCheckpoints(RunName name) {
    Path own = paths.checkpoints(name);
    Optional<RunRecord> before = goesOnWith(name).filter(run -> !run.name().equals(name));
    if (before.isEmpty() || Storage.exists(fileSystem, own)) {
      return;
    }
    Path left = paths.checkpoints(before.get().name());
    if (Storage.exists(fileSystem, left)) {
      fence.requireHeld();
      Storage.rename(fileSystem, left, own);
    }
  }

  private List<RunRecord> records(Stream<RunName> names) {
    return names.flatMap(name -> of(name).stream()).toList();
  }

  private TreeSet<RunName> names() {
    TreeSet<RunName> names = new TreeSet<>();
    for (FileStatus status : Storage.list(fileSystem, paths.runs())) {
      RunName.parse(status.getPath().getName()).ifPresent(names::add);
    }
    return names;
  }

  /** The {@code most} newest finished runs of the dates before a date, oldest first. */
  List<RunRecord> recent(LocalDate before, int most) {
    TreeSet<LocalDate> dates = new TreeSet<>();
    names().stream().map(RunName::date).filter(before::isAfter).forEach(dates::add);
    List<RunRecord> runs = new ArrayList<>();
    for (LocalDate date : dates.descendingSet()) {
      if (runs.size() < most) {
        standing(date).filter(run -> run.result().finished()).ifPresent(runs::add);
      }
    }
    Collections.reverse(runs);
    return runs;
  }

  /** Replaces the report of a run. */
  void write(RunName name, RunReport report) {
    fence.requireHeld();
    new AtomicFile(fileSystem, paths.report(name)).replace(report.json().toPrettyString() + "\n");
  }

  /** Removes a run and all its files except its model. */
  void remove(RunName name) {
    removeOwn(paths.run(name), OutputKind.RUN);
  }

  /** Removes the encoded rows of all runs. */
  void removeData() {
    for (RunName name : names()) {
      fence.requireHeld();
      Path data = new Path(paths.data(name));
      new Siblings(fileSystem, data).removeLeftovers();
      removeOwn(data, OutputKind.DATA_SET);
    }
  }

  /**
   * Removes all models except the newest ones and the given ones, and all runs except those of the
   * newest dates and of models that stay: without the report of its run, a model is a leftover.
   *
   * @param live the live model and the one before it, if any
   */
  void prune(int keepDates, int keepModels, Collection<String> live) {
    List<RunRecord> runs = all();
    List<String> promoted = new ArrayList<>();
    for (int i = runs.size() - 1; i >= 0; i--) {
      runs.get(i).model().ifPresent(promoted::add);
    }
    Set<String> models = new HashSet<>(promoted.subList(0, Math.min(keepModels, promoted.size())));
    models.addAll(live);
    Set<LocalDate> kept = newestDates(runs, keepDates);
    for (RunRecord run : runs) {
      if (!kept.contains(run.date()) && run.model().filter(models::contains).isEmpty()) {
        remove(run.name());
      }
    }
    removeModels(models::contains);
  }

  /** The newest dates of runs, at most {@code most}. */
  static Set<LocalDate> newestDates(List<RunRecord> runs, int most) {
    return runs.stream()
        .map(RunRecord::date)
        .distinct()
        .sorted(Comparator.reverseOrder())
        .limit(most)
        .collect(Collectors.toSet());
  }

  /**
   * Removes leftovers of killed runs: models that no run has published, and unfinished runs of
   * dates that have another report.
   */
  void removeLeftovers(String live, RunName underWay) {
    List<RunRecord> runs = all();
    for (RunRecord run : runs) {
      boolean killed = run.result().underWay();
      boolean another = run.name().number() > 1 || run.date().equals(underWay.date());
      if (killed && another && !run.name().equals(underWay)) {
        remove(run.name());
      }
    }
    List<String> promoted = runs.stream().flatMap(run -> run.model().stream()).toList();
    removeModels(
        name ->
            promoted.contains(name)
                || name.equals(live)
                || name.equals(paths.checkpoints(underWay).getName()));
  }

  /**
   * Models that can be made live: complete models that a run has published or whose run no longer
   * has a report. Oldest first.
   */
  List<RunName> models() {
    Set<String> published = new HashSet<>();
    all().forEach(run -> run.model().ifPresent(published::add));
    TreeSet<RunName> models = new TreeSet<>();
    for (FileStatus status : Storage.list(fileSystem, paths.models())) {
      String model = status.getPath().getName();
      RunName.parse(model)
          .filter(name -> published.contains(model) || of(name).isEmpty())
          .filter(name -> Storage.exists(fileSystem, new Path(status.getPath(), Manifest.FILE)))
          .ifPresent(models::add);
    }
    return List.copyOf(models);
  }

  /**
   * The model to make live when the live one is lost: the newest one that no rollback has replaced,
   * or the newest one.
   */
  Optional<RunName> bestModel() {
    Comparator<RunName> replacedFirst =
        Comparator.comparing(name -> of(name).filter(RunRecord::withdrawn).isEmpty());
    return models().stream().max(replacedFirst.thenComparing(Comparator.naturalOrder()));
  }

  /** The line about a missing directory of the live model, with the remedy; empty if it exists. */
  Optional<String> missing(CurrentModel live) {
    Path directory = new Path(paths.model(live.name()));
    if (Storage.exists(fileSystem, new Path(directory, Manifest.FILE))) {
      return Optional.empty();
    }
    return Optional.of(
        "the live model "
            + directory
            + (Storage.exists(fileSystem, directory) ? " has no " + Manifest.FILE : " is missing")
            + "; restore it, or "
            + bestModel()
                .map(name -> "make another model live with rollback --to " + name.exact())
                .orElse("start over with another output.model"));
  }

  private void removeModels(Predicate<String> kept) {
    for (FileStatus status : Storage.list(fileSystem, paths.models())) {
      String name = status.getPath().getName();
      if (isOfRun(name) && !kept.test(name)) {
        boolean checkpoints = name.endsWith(OutputConfig.CHECKPOINTS);
        removeOwn(status.getPath(), checkpoints ? OutputKind.CHECKPOINTS : OutputKind.MODEL);
      }
    }
  }

  /** Removes a directory unless it contains a foreign file. */
  private void removeOwn(Path directory, OutputKind kind) {
    Optional<String> foreign = OutputContents.foreign(fileSystem, directory, kind);
    if (foreign.isPresent()) {
      LOG.warn("{} is kept: {} in it is not part of {}", directory, foreign.get(), kind.words());
    } else {
      fence.requireHeld();
      Storage.delete(fileSystem, directory);
    }
  }

  /** True for models and checkpoints of runs; other directories are copies made by people. */
  private static boolean isOfRun(String name) {
    String checkpoints = OutputConfig.CHECKPOINTS;
    return RunName.parse(
            name.endsWith(checkpoints)
                ? name.substring(0, name.length() - checkpoints.length())
                : name)
        .isPresent();
  }
}

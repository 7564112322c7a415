package io.destine.spark.nightly;

import io.destine.spark.conf.NightlyConfig;
import io.destine.spark.conf.UserError;
import io.destine.spark.report.HtmlReport;
import io.destine.spark.report.IndexPage;
import io.destine.spark.report.PrometheusText;
import io.destine.spark.report.RunLinks;
import io.destine.spark.report.RunReport;
import io.destine.spark.store.AtomicFile;
import io.destine.spark.store.MarkedFile;
import io.destine.spark.store.Storage;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.hadoop.fs.FileSystem;

/** The files derived from the reports of runs: pages for people, metrics for monitoring. */
final class RunPages {
  private static final String PAGE = "report.html";

  private final FileSystem fileSystem;
  private final NightlyPaths paths;
  private final NightlyConfig config;
  private final Consumer<String> log;

  RunPages(FileSystem fileSystem, NightlyPaths paths, NightlyConfig config, Consumer<String> log) {
    this.fileSystem = fileSystem;
    this.paths = paths;
    this.config = config;
    this.log = log;
  }

  /**
   * Writes the page of a run and the pages of its neighbours, whose links change with it.
   *
   * @param all runs in order, including this one
   */
  void page(RunName name, List<RunRecord> all) {
    List<RunRecord> shown = shown(all);
    for (int i = 0; i < shown.size(); i++) {
      boolean near = false;
      for (int j = Math.max(0, i - 1); j <= Math.min(shown.size() - 1, i + 1); j++) {
        near |= shown.get(j).name().equals(name);
      }
      if (near) {
        write(shown, i);
      }
    }
  }

  /**
   * Writes the list of all runs, and the pages of runs beside which others may have been removed:
   * the oldest of the newest {@code nightly.keep-runs} dates, and all before it.
   *
   * @param live name of the live model
   */
  void index(List<RunRecord> all, Optional<String> live) {
    List<RunRecord> shown = shown(all);
    Set<LocalDate> newest = RunHistory.newestDates(all, config.keeping().keepRuns());
    for (int i = 0; i < shown.size(); i++) {
      write(shown, i);
      if (newest.contains(shown.get(i).date())) {
        break;
      }
    }
    SortedMap<String, RunReport> reports =
        new TreeMap<>(Comparator.comparing(name -> RunName.parse(name).orElseThrow()));
    Set<String> kept = new HashSet<>();
    String liveRun = live.orElse(null);
    for (RunRecord run : shown) {
      String name = run.name().toString();
      reports.put(name, run.report());
      if (run.published(name)
          && Storage.exists(fileSystem, new org.apache.hadoop.fs.Path(paths.model(name), PAGE))) {
        kept.add(name);
      }
      liveRun = live.isPresent() && run.published(live.get()) ? name : liveRun;
    }
    new AtomicFile(fileSystem, paths.index())
        .replace(IndexPage.render(paths.base(), reports, liveRun, kept));
  }

  /** Runs with a page: those that have ended. */
  private static List<RunRecord> shown(List<RunRecord> all) {
    return all.stream().filter(run -> run.report().hasEnded()).toList();
  }

  private void write(List<RunRecord> shown, int at) {
    Optional<String> previous =
        at == 0 ? Optional.empty() : Optional.of(shown.get(at - 1).name().toString());
    Optional<String> next =
        at == shown.size() - 1
            ? Optional.empty()
            : Optional.of(shown.get(at + 1).name().toString());
    RunRecord run = shown.get(at);
    new AtomicFile(fileSystem, paths.page(run.name()))
        .replace(HtmlReport.render(run.report(), new RunLinks(previous, next)));
  }

  /** Publishes the figures to monitoring; a failure to write them does not fail the run. */
  void metrics(RunRecord run) {
    NightlySource.show(run.report());
    metricsFile(config).ifPresent(file -> writeMetrics(file, run.report()));
  }

  /** The file of the figures, if one is configured. */
  static Optional<MarkedFile> metricsFile(NightlyConfig config) {
    return config
        .keeping()
        .metricsFile()
        .map(
            path ->
                new MarkedFile(
                    "nightly.metrics-file", Path.of(path), PrometheusText.HEAD, "nightly"));
  }

  private void writeMetrics(MarkedFile file, RunReport report) {
    try {
      file.write(PrometheusText.render(report));
    } catch (UncheckedIOException | UserError e) {
      log.accept("warning: " + e.getMessage());
    }
  }
}

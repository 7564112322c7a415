package io.destine.spark.nightly;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.spark.conf.NightlyConfig;
import io.destine.spark.report.HtmlReport;
import io.destine.spark.report.PrometheusText;
import io.destine.spark.store.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.Consumer;
import org.apache.hadoop.fs.FileSystem;

/** What a run writes beside its report: a page for people, metrics for monitoring. */
final class RunPages {
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

  /** Writes the page. */
  void page(RunRecord run) {
    new AtomicFile(fileSystem, paths.page(run.name())).replace(HtmlReport.render(run.report()));
  }

  /** Shows the figures to monitoring; those that cannot be written do not fail a run. */
  void metrics(RunRecord run) {
    NightlySource.show(run.report());
    config.metricsFile().ifPresent(file -> writeMetrics(Path.of(file), run.report()));
  }

  /** The collector of a node exporter must see the old file or the new one. */
  private void writeMetrics(Path file, ObjectNode report) {
    Path parent = file.toAbsolutePath().getParent();
    try {
      Files.createDirectories(parent);
      Path fresh = Files.createTempFile(parent, "." + file.getFileName(), ".new");
      Files.writeString(fresh, PrometheusText.render(report));
      fresh.toFile().setReadable(true, false);
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      log.accept("warning: Cannot write " + file + ": " + e);
    }
  }
}

package io.destine.spark.nightly;

import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.NightlyConfig;
import io.destine.spark.conf.SourceConfig;
import io.destine.spark.report.RunReport;
import io.destine.spark.source.TableSnapshot;
import io.destine.spark.store.Storage;
import java.io.IOException;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Days with one path each.
 *
 * @param config its {@code nightly.input} is the path
 */
record DayPaths(Configuration hadoop, JobConfig config) implements DayInput {

  @Override
  public DayInput pinned() {
    return this;
  }

  @Override
  public DayInput pinned(Optional<RunReport.Snapshot> recorded) {
    return this;
  }

  @Override
  public Optional<TableSnapshot> snapshot() {
    return Optional.empty();
  }

  @Override
  public String name(LocalDate date) {
    return config
        .nightly()
        .rows()
        .input()
        .orElseThrow()
        .replace(NightlyConfig.DATE, date.toString());
  }

  @Override
  public SourceConfig source(List<LocalDate> days) {
    return config.source().of(days.stream().map(this::name).toList());
  }

  @Override
  public Optional<String> gap(LocalDate date) {
    Path path = new Path(name(date));
    String file = config.nightly().rows().successFile();
    try {
      FileSystem fileSystem = Storage.of(hadoop, path);
      if (!fileSystem.exists(path)) {
        return Optional.of("no rows of " + date + ": " + path + " does not exist");
      }
      if (!file.isEmpty() && !fileSystem.exists(new Path(path, file))) {
        return Optional.of(
            "the rows of "
                + date
                + " are not complete: "
                + path
                + " has no "
                + file
                + " (nightly.success-file)");
      }
      return Optional.empty();
    } catch (IOException e) {
      throw Storage.failure("access", path, e);
    }
  }

  @Override
  public String near(LocalDate missing) {
    return DaysThere.near(
        DaysThere.beside(hadoop, config.nightly().rows().input().orElse("")), missing);
  }

  @Override
  public Optional<RunReport.Files> files(LocalDate date) {
    return InputFiles.of(hadoop, name(date));
  }
}

package io.destine.spark.nightly;

import com.fasterxml.jackson.databind.JsonNode;
import io.destine.spark.conf.ModelSettings;
import io.destine.spark.conf.SourceConfig;
import io.destine.spark.conf.UserError;
import io.destine.spark.report.RunReport;
import io.destine.spark.report.RunResult;
import io.destine.spark.source.CatalogTable;
import io.destine.spark.source.TableSnapshot;
import io.destine.spark.store.Owner;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;

/**
 * The report of a run.
 *
 * @param name of the run
 * @param report the report, without values if it could not be read
 */
public record RunRecord(RunName name, RunReport report) {

  /** The date of the rows. */
  public LocalDate date() {
    return name.date();
  }

  /** Its progress or result; an unreadable report counts as a failed run. */
  public RunResult result() {
    RunResult result = report.progress().result();
    return result == null ? RunResult.FAILED : result;
  }

  /** True for the run with that id. */
  boolean is(String id) {
    return id.equals(report.identity().runId());
  }

  /**
   * True if nothing more is written under this run's name: it has recorded its result, or its
   * process is known to have ended. A process on another machine may be stopped for hours and come
   * back.
   */
  boolean isOver() {
    JsonNode process = report.identity().process();
    if (!result().underWay() || process == null) {
      return true;
    }
    try {
      return Owner.of(process).hasEnded();
    } catch (IllegalArgumentException | DateTimeException e) {
      return false;
    }
  }

  /** The settings on which the model depends; empty if the report has none. */
  Optional<ModelSettings> settings() {
    return Optional.ofNullable(report.identity().settings()).map(ModelSettings::new);
  }

  /**
   * The changes of the input since the run read it; the recorded changes if the input is deleted.
   *
   * @param configured the source of nightly runs; for a table, its branch or snapshot is compared
   * @throws RuntimeException if the input cannot be listed
   */
  public Optional<String> changedInput(SparkSession spark, SourceConfig configured) {
    RunReport.Files read = report.source().files();
    if (read == null) {
      return Optional.empty();
    }
    Optional<RunReport.Files> present = present(spark, configured);
    return present.isEmpty()
        ? Optional.ofNullable(report.source().changed())
        : present.filter(now -> !now.equals(read)).map(now -> text(read, now));
  }

  private static String text(RunReport.Files read, RunReport.Files now) {
    return "input has changed since the run: " + read.text() + " then, " + now.text() + " now";
  }

  /** The files that the run would find now; empty if there are none. */
  private Optional<RunReport.Files> present(SparkSession spark, SourceConfig configured) {
    RunReport.Source input = report.source();
    if (input.table() == null) {
      return Optional.ofNullable(input.path())
          .flatMap(path -> InputFiles.of(spark.sparkContext().hadoopConfiguration(), path));
    }
    String where = Optional.ofNullable(input.where()).orElse("");
    SourceConfig source = configured.of(input.table(), List.of(where));
    try {
      CatalogTable table = CatalogTable.of(spark, input.table());
      Optional<TableSnapshot> now = table.snapshot(source);
      boolean same =
          input.snapshot() != null && now.filter(s -> is(input.snapshot(), s)).isPresent();
      return same
          ? Optional.of(input.files())
          : InputFiles.of(table, table.rows(source, now, "where"));
    } catch (UserError e) {
      return Optional.empty();
    }
  }

  /** True if a table's snapshot is the recorded one. */
  static boolean is(RunReport.Snapshot recorded, TableSnapshot snapshot) {
    return snapshot.id().equals(recorded.id())
        && snapshot.committed().toString().equals(recorded.committedAt());
  }

  /** The reasons in one line. */
  public String reasons() {
    RunReport.Progress progress = report.progress();
    return progress.reasons().isEmpty()
        ? Optional.ofNullable(progress.error()).orElse("")
        : String.join("; ", progress.reasons());
  }

  /** The model published by the run, if any. */
  Optional<String> model() {
    return result() == RunResult.PROMOTED
        ? Optional.ofNullable(report.identity().modelName())
        : Optional.empty();
  }

  /** True if the run has published the model with that name. */
  public boolean published(String model) {
    return model().filter(model::equals).isPresent();
  }

  /** True if a rollback to an older model took the run's model out of service. */
  boolean withdrawn() {
    return Optional.ofNullable(report.live().rolledBack())
        .flatMap(back -> RunName.parse(back.to()))
        .filter(to -> to.compareTo(name) < 0)
        .isPresent();
  }

  /** The rollback that took the run's model out of service, in words; empty if there was none. */
  public Optional<String> rollback() {
    return Optional.ofNullable(report.live().rolledBack())
        .map(back -> "rolled back to " + back.to() + " at " + back.at());
  }
}

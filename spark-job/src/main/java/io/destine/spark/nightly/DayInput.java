package io.destine.spark.nightly;

import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.SourceConfig;
import io.destine.spark.conf.UserError;
import io.destine.spark.report.RunReport;
import io.destine.spark.source.TableSnapshot;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;

/** The location of the rows of days: at paths, or in a table, selected by a condition. */
interface DayInput {

  /**
   * The input of a configuration.
   *
   * @throws UserError if there is none
   */
  static DayInput of(SparkSession spark, JobConfig config) {
    if (config.nightly().rows().table().isPresent()) {
      return new DayTable(spark, config, Optional.empty());
    }
    if (config.nightly().rows().input().isEmpty()) {
      throw new UserError(
          "key \"nightly.input\" is missing: set it to the path of a day's rows, with {date} in"
              + " place of the date, or name a table in nightly.table");
    }
    return new DayPaths(spark.sparkContext().hadoopConfiguration(), config);
  }

  /** The same input pinned to its current snapshot, which later writes do not change. */
  DayInput pinned();

  /**
   * The same input pinned to a recorded snapshot if it still exists, otherwise to the current one.
   */
  DayInput pinned(Optional<RunReport.Snapshot> recorded);

  /** The snapshot that is read; empty if the input has none or is not pinned. */
  Optional<TableSnapshot> snapshot();

  /** The name of the rows of a day in messages. */
  String name(LocalDate date);

  /** The rows of days. */
  SourceConfig source(List<LocalDate> days);

  /** The reason why a day's rows cannot be read yet; empty if they are complete. */
  Optional<String> gap(LocalDate date);

  /** A phrase about the existing days around a missing one; empty if they are unknown. */
  String near(LocalDate missing);

  /** The files of a day; empty if there are none or they cannot be determined. */
  Optional<RunReport.Files> files(LocalDate date);

  /**
   * Checks that the rows of a day exist and are complete.
   *
   * @throws UserError if it has none or they are incomplete
   */
  default void requireThere(LocalDate date) {
    gap(date)
        .ifPresent(
            gap -> {
              throw new UserError(gap + near(date));
            });
  }
}

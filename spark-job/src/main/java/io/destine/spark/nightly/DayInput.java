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

/** Where the rows of days are: at paths, or in a table by a condition. */
interface DayInput {

  /**
   * The input of a configuration.
   *
   * @throws UserError when it names none
   */
  static DayInput of(SparkSession spark, JobConfig config) {
    if (config.nightly().rows().table().isPresent()) {
      return new DayTable(spark, config, Optional.empty());
    }
    if (config.nightly().rows().input().isEmpty()) {
      throw new UserError(
          "key \"nightly.input\" is missing: it is the path of a day's rows, with {date} in the"
              + " place of the date; or name a table in nightly.table");
    }
    return new DayPaths(spark.sparkContext().hadoopConfiguration(), config);
  }

  /** The same input in the state that is read from here on, which no writer changes any more. */
  DayInput pinned();

  /**
   * The same input in the state of a recorded snapshot, as far as that is still there; otherwise
   * the present one.
   */
  DayInput pinned(Optional<String> snapshot);

  /** The snapshot that is read; empty when the input has none, or is not pinned. */
  Optional<TableSnapshot> snapshot();

  /** The name of the rows of a day in messages. */
  String name(LocalDate date);

  /** The rows of days. */
  SourceConfig source(List<LocalDate> days);

  /** Why a day's rows cannot be read yet; empty when they are complete. */
  Optional<String> gap(LocalDate date);

  /** A phrase on the existing days around a missing one; empty when they are unknown. */
  String near(LocalDate missing);

  /** The files of a day; empty when there are none, or nothing tells. */
  Optional<RunReport.Files> files(LocalDate date);

  /**
   * Checks that a day has rows, without reading them.
   *
   * @throws UserError when it has none, or they are not complete
   */
  default void requireThere(LocalDate date) {
    gap(date)
        .ifPresent(
            gap -> {
              throw new UserError(gap + near(date));
            });
  }
}

package io.destine.spark.nightly;

import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.NightlyConfig;
import io.destine.spark.conf.UserError;
import io.destine.spark.source.CheckedRows;
import io.destine.spark.source.RowCounts;
import io.destine.spark.store.Storage;
import java.io.IOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkException;
import org.apache.spark.sql.SparkSession;

/**
 * The rows of a day, and whether they may be trained on: complete, enough, and with about as many
 * labels of 1 as the days before.
 *
 * @param path where they are
 * @param rows good rows
 * @param quarantined bad rows
 * @param labelRate share of good rows with label 1
 * @param minRows least rows
 * @param low least label rate
 * @param high largest label rate
 */
record NewDay(
    String path,
    long rows,
    long quarantined,
    double labelRate,
    long minRows,
    double low,
    double high) {

  /** The path of a day. */
  static String path(NightlyConfig config, LocalDate date) {
    return config
        .input()
        .orElseThrow(
            () ->
                new UserError(
                    "nightly.input: must be the path of a day's rows with "
                        + NightlyConfig.DATE
                        + " in it, got nothing"))
        .replace(NightlyConfig.DATE, date.toString());
  }

  /** Why a day's rows cannot be read yet, or null when they are complete. */
  static String gap(Configuration hadoop, NightlyConfig config, LocalDate date) {
    Path path = new Path(path(config, date));
    try {
      var fileSystem = Storage.of(hadoop, path);
      if (!fileSystem.exists(path)) {
        return path + ": must hold the rows of " + date + ", got nothing";
      }
      if (!config.successFile().isEmpty()
          && !fileSystem.exists(new Path(path, config.successFile()))) {
        return path + "/" + config.successFile() + " must say that the rows are complete, got none";
      }
      return null;
    } catch (IOException e) {
      throw Storage.failure("look into", path, e);
    }
  }

  /**
   * Counts and checks a day.
   *
   * @param recent finished runs of the days before
   * @throws UserError saying what is wrong with the rows
   */
  static NewDay check(
      SparkSession spark, JobConfig config, LocalDate date, List<RunRecord> recent) {
    NightlyConfig nightly = config.nightly();
    String gap = gap(spark.sparkContext().hadoopConfiguration(), nightly, date);
    if (gap != null) {
      throw new UserError(gap);
    }
    String path = path(nightly, date);
    NewDay day = bounds(path, nightly, recent).counted(counts(spark, config.reading(path), path));
    List<String> problems = day.problems(recent.size());
    if (!problems.isEmpty()) {
      throw new UserError(problems);
    }
    return day;
  }

  private static RowCounts counts(SparkSession spark, JobConfig config, String path) {
    try {
      RowCounts counts = RowCounts.of(CheckedRows.read(spark, config));
      counts.check(config);
      return counts;
    } catch (UserError e) {
      throw new UserError(e.problems().stream().map(line -> path + ": " + line).toList());
    } catch (Exception e) {
      if (e instanceof SparkException || e.getCause() instanceof SparkException) {
        throw new UserError(path + ": rows must be readable, got " + deepest(e));
      }
      throw e;
    }
  }

  private static String deepest(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage()).lines().findFirst().orElse(cause.toString());
  }

  private static NewDay bounds(String path, NightlyConfig config, List<RunRecord> recent) {
    OptionalDouble rows = mean(recent, "input/rows");
    OptionalDouble rate = mean(recent, "input/label_rate");
    double least = config.minRowsOfRecent() * rows.orElse(0);
    double tolerance = config.labelRateTolerance() * rate.orElse(0);
    return new NewDay(
        path,
        0,
        0,
        0,
        Math.max(config.minRows(), (long) Math.ceil(least)),
        rate.isPresent() ? Math.max(0, rate.getAsDouble() - tolerance) : 0,
        rate.isPresent() ? Math.min(1, rate.getAsDouble() + tolerance) : 1);
  }

  static OptionalDouble mean(List<RunRecord> runs, String path) {
    return runs.stream()
        .map(run -> run.number(path))
        .filter(OptionalDouble::isPresent)
        .mapToDouble(OptionalDouble::getAsDouble)
        .average();
  }

  private NewDay counted(RowCounts counts) {
    double rate = counts.good() == 0 ? 0 : (double) counts.positives() / counts.good();
    return new NewDay(path, counts.good(), counts.bad(), rate, minRows, low, high);
  }

  private List<String> problems(int recentDays) {
    List<String> problems = new ArrayList<>();
    if (rows < minRows) {
      problems.add(
          String.format(
              Locale.ROOT, "%s: rows must be at least %,d, got %,d", path, minRows, rows));
    }
    if (labelRate < low || labelRate > high) {
      problems.add(
          String.format(
              Locale.ROOT,
              "%s: label rate must be in [%.4f, %.4f] after the last %d days, got %.4f",
              path,
              low,
              high,
              recentDays,
              labelRate));
    }
    return problems;
  }
}

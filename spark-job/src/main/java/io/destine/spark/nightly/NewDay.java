package io.destine.spark.nightly;

import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.NightlyConfig;
import io.destine.spark.conf.UserError;
import io.destine.spark.encode.TableRows;
import io.destine.spark.source.RowCounts;
import io.destine.spark.source.SourceParts;
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
                    "key \"nightly.input\" is missing: it is the path of a day's rows, with "
                        + NightlyConfig.DATE
                        + " in the place of the date"))
        .replace(NightlyConfig.DATE, date.toString());
  }

  /** Why a day's rows cannot be read yet, or null when they are complete. */
  static String gap(Configuration hadoop, NightlyConfig config, LocalDate date) {
    Path path = new Path(path(config, date));
    try {
      var fileSystem = Storage.of(hadoop, path);
      if (!fileSystem.exists(path)) {
        return "no rows of " + date + ": " + path + " does not exist";
      }
      if (!config.successFile().isEmpty()
          && !fileSystem.exists(new Path(path, config.successFile()))) {
        return "the rows of "
            + date
            + " are not complete: "
            + path
            + " has no "
            + config.successFile()
            + " (nightly.success-file)";
      }
      return null;
    } catch (IOException e) {
      throw Storage.failure("look into", path, e);
    }
  }

  /**
   * Checks that a day has rows, without reading them.
   *
   * @throws UserError when it has none, or they are not complete
   */
  static void requireThere(Configuration hadoop, NightlyConfig config, LocalDate date) {
    String gap = gap(hadoop, config, date);
    if (gap != null) {
      throw new UserError(gap + DaysThere.near(hadoop, config, date));
    }
  }

  /**
   * Reads the rows of a day that is there.
   *
   * @throws UserError naming the path when they cannot be read
   */
  static TableRows read(SparkSession spark, JobConfig config, LocalDate date) {
    String path = path(config.nightly(), date);
    try {
      return TableRows.read(spark, config.reading(path));
    } catch (UserError e) {
      throw named(path, e);
    } catch (Exception e) {
      if (e instanceof SparkException || e.getCause() instanceof SparkException) {
        throw new UserError(path + ": rows cannot be read: " + deepest(e));
      }
      throw e;
    }
  }

  /**
   * Checks the rows of a day.
   *
   * @param recent finished runs of the days before
   * @throws UserError saying what is wrong with the rows
   */
  static NewDay check(TableRows rows, JobConfig config, LocalDate date, List<RunRecord> recent) {
    String path = path(config.nightly(), date);
    JobConfig own = config.reading(path);
    try {
      rows.counts().check(own.encoding(), SourceParts.name(own));
    } catch (UserError e) {
      throw named(path, e);
    }
    NewDay day = bounds(path, config.nightly(), recent).counted(rows.counts());
    List<String> problems = day.problems(recent.size());
    if (!problems.isEmpty()) {
      throw new UserError(problems);
    }
    return day;
  }

  private static UserError named(String path, UserError e) {
    return new UserError(
        e.problems().stream()
            .map(line -> line.contains(path) ? line : path + ": " + line)
            .toList());
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
              Locale.ROOT,
              "%s: %,d rows are too few, at least %,d are needed after the last %d days"
                  + " (nightly.min-rows, nightly.min-rows-of-recent)",
              path,
              rows,
              minRows,
              recentDays));
    }
    if (labelRate < low || labelRate > high) {
      problems.add(
          String.format(
              Locale.ROOT,
              "%s: label rate %.4f is far from that of the last %d days, which allow %.4f to %.4f"
                  + " (nightly.label-rate-tolerance)",
              path,
              labelRate,
              recentDays,
              low,
              high));
    }
    return problems;
  }
}

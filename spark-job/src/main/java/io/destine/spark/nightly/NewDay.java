package io.destine.spark.nightly;

import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.NightlyConfig;
import io.destine.spark.conf.UserError;
import io.destine.spark.encode.SourceRows;
import io.destine.spark.report.RunReport;
import io.destine.spark.source.RowCounts;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.function.Function;
import org.apache.spark.SparkException;
import org.apache.spark.sql.SparkSession;

/**
 * The rows of a day, and the check of whether they may be used for training: readable, enough, and
 * with a label rate close to that of the previous days.
 *
 * @param source name of the rows in messages: their path, or table and condition
 * @param rows good rows
 * @param quarantined bad rows
 * @param labelRate share of good rows with label 1
 * @param minRows minimum rows
 * @param low minimum label rate
 * @param high maximum label rate
 */
record NewDay(
    String source,
    long rows,
    long quarantined,
    double labelRate,
    long minRows,
    double low,
    double high) {

  /**
   * Reads the rows of a complete day.
   *
   * @throws UserError naming the path or table if they cannot be read
   */
  static SourceRows read(SparkSession spark, JobConfig config, DayInput input, LocalDate date) {
    String name = input.name(date);
    try {
      return SourceRows.read(spark, config.reading(input.source(List.of(date))));
    } catch (UserError e) {
      throw named(name, e);
    } catch (Exception e) {
      if (e instanceof SparkException || e.getCause() instanceof SparkException) {
        throw new UserError(name + ": rows cannot be read: " + deepest(e));
      }
      throw e;
    }
  }

  /**
   * Checks the rows of a day.
   *
   * @param name of the rows, for messages
   * @param recent finished runs of previous days
   * @throws UserError stating the problem with the rows
   */
  static NewDay check(SourceRows rows, JobConfig config, String name, List<RunRecord> recent) {
    try {
      rows.counts().check(config.encoding(), name);
    } catch (UserError e) {
      throw named(name, e);
    }
    NewDay day = bounds(name, config.nightly(), recent).counted(rows.counts());
    List<String> problems = day.problems(recent.size());
    if (!problems.isEmpty()) {
      throw new UserError(problems);
    }
    return day;
  }

  private static UserError named(String name, UserError e) {
    return new UserError(
        e.problems().stream()
            .map(line -> line.contains(name) ? line : name + ": " + line)
            .toList());
  }

  private static String deepest(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage()).lines().findFirst().orElse(cause.toString());
  }

  private static NewDay bounds(String name, NightlyConfig config, List<RunRecord> recent) {
    OptionalDouble rows = mean(recent, RunReport.Counts::rows);
    OptionalDouble rate = mean(recent, RunReport.Counts::labelRate);
    double least = config.check().minRowsOfRecent() * rows.orElse(0);
    double tolerance = config.check().labelRateTolerance() * rate.orElse(0);
    return new NewDay(
        name,
        0,
        0,
        0,
        Math.max(config.check().minRows(), (long) Math.ceil(least)),
        rate.isPresent() ? Math.max(0, rate.getAsDouble() - tolerance) : 0,
        rate.isPresent() ? Math.min(1, rate.getAsDouble() + tolerance) : 1);
  }

  private static OptionalDouble mean(
      List<RunRecord> runs, Function<RunReport.Counts, Number> count) {
    return runs.stream()
        .map(run -> count.apply(run.report().counts()))
        .filter(Objects::nonNull)
        .mapToDouble(Number::doubleValue)
        .average();
  }

  private NewDay counted(RowCounts counts) {
    double rate = counts.good() == 0 ? 0 : (double) counts.positives() / counts.good();
    return new NewDay(source, counts.good(), counts.bad(), rate, minRows, low, high);
  }

  private List<String> problems(int recentDays) {
    List<String> problems = new ArrayList<>();
    if (rows < minRows) {
      problems.add(
          String.format(
              Locale.ROOT,
              "%s: %,d rows are too few, at least %,d are needed%s"
                  + " (nightly.min-rows, nightly.min-rows-of-recent)",
              source,
              rows,
              minRows,
              recentDays == 0 ? "" : ", given " + last(recentDays)));
    }
    if (labelRate < low || labelRate > high) {
      problems.add(
          String.format(
              Locale.ROOT,
              "%s: label rate %.4f is far from that of %s; it must be from %.4f to %.4f"
                  + " (nightly.label-rate-tolerance)",
              source,
              labelRate,
              last(recentDays),
              low,
              high));
    }
    return problems;
  }

  private static String last(int days) {
    return days == 1 ? "the last day" : "the last " + days + " days";
  }
}

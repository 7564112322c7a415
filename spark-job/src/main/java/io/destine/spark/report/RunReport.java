package io.destine.spark.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The report of a nightly run, as in {@code report.json}: one object with the keys of all parts;
 * the keys of {@link Source} and {@link Counts} are below {@code input}. Values that the run has
 * not reached are null, and lists are empty.
 */
public record RunReport(
    Identity identity,
    Progress progress,
    Source source,
    Counts counts,
    Training training,
    Comparison comparison,
    Drift drift,
    Live live) {
  private static final String INPUT = "input";

  /**
   * The run and its configuration.
   *
   * @param model the directory of all runs and models
   * @param date of the rows
   * @param modelName name of the run and its model
   * @param runId a random text
   * @param process the process of the run
   * @param configFingerprint of the settings
   * @param settings on which the model depends, by key
   */
  public record Identity(
      String model,
      LocalDate date,
      String modelName,
      String runId,
      JsonNode process,
      String configFingerprint,
      Map<String, String> settings) {}

  /**
   * The progress of the run, or its result.
   *
   * @param seconds from the start to the end
   * @param stages finished stages, in order
   * @param reasons of the result
   * @param error of a failed run
   */
  public record Progress(
      RunResult result,
      Instant started,
      Instant finished,
      Double seconds,
      List<Stage> stages,
      List<String> reasons,
      String error) {
    public Progress {
      stages = ReportJson.list(stages);
      reasons = ReportJson.list(reasons);
    }
  }

  /** A stage of a nightly run or of a training run. */
  public record Stage(String stage, Double seconds) {}

  /**
   * The rows of the day: a path, or a table with a condition.
   *
   * @param files found by the run
   * @param window days of the candidate's training data
   * @param changed the difference between these files and the current ones, in words
   */
  public record Source(
      String path,
      String table,
      String where,
      Snapshot snapshot,
      Files files,
      List<String> window,
      String changed) {
    public Source {
      window = ReportJson.list(window);
    }
  }

  /** A snapshot of a table; a table that is created again repeats ids of snapshots. */
  public record Snapshot(String id, String committedAt) {}

  /**
   * The files of a day.
   *
   * @param bytes their size; null for a table with snapshots
   * @param rows number of the day's rows in them; null except for a table with snapshots
   * @param fingerprint SHA-256, in hexadecimal, of their names (below the day's path, or full paths
   *     for a table), sizes and modification times; for a table with snapshots, where files never
   *     change, of their names and the numbers of the day's rows in them
   */
  public record Files(Long count, Long bytes, Long rows, String fingerprint) {
    /** Count and size in words. */
    public String text() {
      return String.format(
          Locale.ROOT,
          "%,d %s of %,d %s",
          count,
          Objects.equals(count, 1L) ? "file" : "files",
          rows == null ? bytes : rows,
          rows == null ? "bytes" : "rows");
    }
  }

  /** Counts of the day's rows, and their bounds. */
  public record Counts(
      Long rows,
      Long quarantined,
      Double labelRate,
      Double labelRateLow,
      Double labelRateHigh,
      Long minRows) {}

  /**
   * The training of the candidate.
   *
   * @param parent directory of the model from which it started; null for training from scratch
   * @param learning one object for each epoch
   * @param stepTime figures of a mean step; those with keys that end with {@code _ms} are the
   *     milliseconds of its phases and their total
   */
  public record Training(
      @JsonInclude String parent,
      String kernel,
      Integer epochs,
      JsonNode learning,
      Long trainRows,
      JsonNode stepTime) {}

  /**
   * Figures of models, by key, and the decision on the candidate.
   *
   * @param forecast of the live model on the whole new day
   * @param firstForecast the forecast of the date's first run
   * @param candidate on held-out rows
   * @param publishedSameRows of the published model on the same rows
   * @param gate the checks
   */
  public record Comparison(
      JsonNode forecast,
      JsonNode firstForecast,
      JsonNode candidate,
      JsonNode publishedSameRows,
      Differences candidateMinusPublished,
      List<Check> gate) {
    public Comparison {
      gate = ReportJson.list(gate);
    }

    /** A figure of a model; empty if there is none. */
    public static OptionalDouble figure(JsonNode figures, String key) {
      return new ReportNode(figures).number(key);
    }
  }

  /** Differences between the candidate and the published model, by figure. */
  public record Differences(Difference logLoss) {}

  /** A mean difference with its confidence interval of 95 %. */
  public record Difference(Double mean, Double low, Double high) {
    boolean hasInterval() {
      return NumberText.finite(low).isPresent() && NumberText.finite(high).isPresent();
    }
  }

  /**
   * A check of the gate.
   *
   * @param check name of the figure
   * @param bound the minimum or maximum value that passes
   * @param text the condition and the value, in words
   */
  public record Check(String check, Double value, Double bound, boolean passed, String text) {}

  /**
   * Differences between the new day and previous days.
   *
   * @param oov share of values without their own id, by field
   * @param history the last days, including this one
   */
  public record Drift(
      Growth vocabulary, List<SideTableChange> sideTables, List<OovRate> oov, List<Day> history) {
    public Drift {
      sideTables = ReportJson.list(sideTables);
      oov = ReportJson.list(oov);
      history = ReportJson.list(history);
    }
  }

  /** Ids of the vocabulary before and after the run. */
  public record Growth(Long before, Long after, List<FieldGrowth> byField) {
    public Growth {
      byField = ReportJson.list(byField);
    }
  }

  /** Number of values of a field with their own ids, before and after the run. */
  public record FieldGrowth(String field, Long before, Long after) {}

  /** Rows of a side table, and the changes since the published model. */
  public record SideTableChange(String table, Long rows, Long added, Long removed, Long changed) {}

  /**
   * The share of a field's values without their own id on the new day, and its mean over recent
   * days.
   */
  public record OovRate(String field, Double rate, Double recent) {}

  /** A day of the history. */
  public record Day(
      LocalDate date,
      RunResult result,
      Long rows,
      Double labelRate,
      Double forecastAuc,
      Double forecastLogLoss,
      Long vocabulary,
      String changed) {}

  /**
   * The live model after the run.
   *
   * @param published its directory
   * @param liveDate newest day in its training data
   */
  public record Live(
      String published, LocalDate liveDate, Instant liveSince, RolledBack rolledBack) {}

  /** A rollback that took the run's model out of service, and the name of the model live since. */
  public record RolledBack(Instant at, String to) {
    /** Its time as text. */
    String moment() {
      return at == null ? NumberText.ABSENT : NumberText.moment(at);
    }

    /** The model that it made live again. */
    String model() {
      return to == null ? NumberText.ABSENT : to;
    }

    /** The rollback in words. */
    String words() {
      return "rolled back to " + model() + ", " + moment();
    }
  }

  /**
   * Reads a report from a JSON object; a value of a wrong type is treated as absent.
   *
   * @throws IllegalArgumentException if a number is out of the range of its type
   */
  public static RunReport of(JsonNode json) {
    JsonNode input = json.path(INPUT);
    return new RunReport(
        ReportJson.read(json, Identity.class),
        ReportJson.read(json, Progress.class),
        ReportJson.read(input, Source.class),
        ReportJson.read(input, Counts.class),
        ReportJson.read(json, Training.class),
        ReportJson.read(json, Comparison.class),
        ReportJson.read(json, Drift.class),
        ReportJson.read(json, Live.class));
  }

  /** The report as one JSON object. */
  public ObjectNode json() {
    ObjectNode json = ReportJson.merged(identity, progress, training, comparison, drift, live);
    ObjectNode input = ReportJson.merged(source, counts);
    if (!input.isEmpty()) {
      json.set(INPUT, input);
    }
    return json;
  }

  /** The forecast of the date's rows before anything was trained on them. */
  public JsonNode firstForecast() {
    return comparison.forecast() == null ? comparison.firstForecast() : comparison.forecast();
  }

  /**
   * True if it can be shown as a page and as metrics: it has model and date, and the run has ended.
   */
  public boolean hasEnded() {
    RunResult result = progress.result();
    return identity.model() != null
        && identity.date() != null
        && result != null
        && !result.underWay();
  }

  /**
   * The report itself.
   *
   * @throws IllegalArgumentException unless it {@link #hasEnded}
   */
  RunReport requireEnded() {
    if (!hasEnded()) {
      throw new IllegalArgumentException(
          "report: model, date and the result of an ended run are needed, got "
              + identity.model()
              + ", "
              + identity.date()
              + ", "
              + progress.result());
    }
    return this;
  }

  /** The difference of log loss, if the candidate was compared. */
  Optional<Difference> difference() {
    return Optional.ofNullable(comparison.candidateMinusPublished()).map(Differences::logLoss);
  }
}

package io.destine.spark.conf;

import io.destine.config.Components;
import io.destine.config.Meaning;
import io.destine.config.SettingProblem;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The source of rows.
 *
 * @param rows selects the rows
 * @param form format of files
 */
public record SourceConfig(Rows rows, Form form) {
  private static final int CONDITIONS_SHOWN = 3;

  public SourceConfig {
    boolean sparse = rows.table().isEmpty() && isSparse(form.format());
    if (sparse && form.columns().size() < 2) {
      throw SettingProblem.because(
          "source.columns",
          "missing; for "
              + form.format()
              + " it must name the label's column and a column for each feature");
    }
    boolean unnamed = !form.header() && form.columns().isEmpty() && rows.table().isEmpty();
    if (unnamed && isText(form.format())) {
      throw SettingProblem.because(
          "source.columns",
          "missing; without a header (source.header = false) it must name the columns");
    }
  }

  /** A source whose options do not come from environment variables. */
  public SourceConfig(
      List<String> paths,
      String format,
      boolean header,
      List<String> columns,
      Map<String, String> options) {
    this(
        Components.with(Components.defaults(Rows.class), "paths", paths),
        new Form(format, columns, header, Map.of(), options, Optional.empty()));
  }

  /**
   * Selects rows: the rows of files, or the rows of a table that satisfy one of the conditions.
   * Neither is set if the split has its own paths. Without a condition, all rows are selected.
   */
  public record Rows(
      @Meaning(value = "file or directory, or a list of them", key = "path") List<String> paths,
      @Meaning("catalog table, instead of a path") Optional<String> table,
      @Meaning("SQL condition on the rows of the table; in a list, at least one must hold")
          List<String> where,
      @Meaning("id, tag or branch of the table's snapshot to read") Optional<String> versionAsOf,
      @Meaning("time of the table's snapshot to read, such as 2026-11-24 03:00:00")
          Optional<String> timestampAsOf) {
    public Rows {
      paths = List.copyOf(paths);
      where = List.copyOf(where);
      paths.forEach(path -> PathText.check("source.path", path));
      if (table.isPresent() && !paths.isEmpty()) {
        throw SettingProblem.because(
            "source.table", "given together with source.path; leave one of them out");
      }
      if (table.isEmpty() && !where.isEmpty()) {
        throw SettingProblem.because(
            "source.where", "only for source.table; for files, name those to read in source.path");
      }
      if (where.stream().anyMatch(String::isBlank)) {
        throw SettingProblem.because("source.where", "a condition is empty; leave it out");
      }
      if (versionAsOf.isPresent() && timestampAsOf.isPresent()) {
        throw SettingProblem.because(
            "source.timestamp-as-of",
            "given together with source.version-as-of; leave one of them out");
      }
    }

    /** True if a snapshot of the table is configured. */
    public boolean ofSnapshot() {
      return versionAsOf.isPresent() || timestampAsOf.isPresent();
    }
  }

  /**
   * The format of files.
   *
   * @param references texts of options with {@code ${NAME}} instead of the values of environment
   *     variables, by option; stored instead of their secrets
   */
  public record Form(
      @Meaning(
              value = "csv, tsv, parquet, orc, json, libfm, svmlight or any Spark source",
              preset = "csv")
          String format,
      @Meaning("names of the columns of csv and tsv without a header, and of libfm and svmlight")
          List<String> columns,
      @Meaning(value = "the first line of csv and tsv names the columns", preset = "true")
          boolean header,
      Map<String, String> references,
      @Meaning("options of Spark's reader") Map<String, String> options,
      @Meaning("time zone of timestamps, such as Europe/Berlin; the session's when left out")
          Optional<String> timeZone) {
    public Form {
      columns = List.copyOf(columns);
      options = Map.copyOf(options);
      references = Map.copyOf(references);
      timeZone.ifPresent(SourceConfig::requireZone);
      if (header && !columns.isEmpty()) {
        throw SettingProblem.because(
            "source.columns",
            "leave it out when source.header is true: the first line has the names");
      }
    }
  }

  SourceConfig withoutReferences() {
    return new SourceConfig(rows, Components.with(form, "references", Map.of()));
  }

  /** The same source with timestamps in a time zone. */
  public SourceConfig inZone(String zone) {
    return new SourceConfig(rows, Components.with(form, "timeZone", Optional.of(zone)));
  }

  /** The same source with other paths, without a table. */
  public SourceConfig of(List<String> others) {
    return new SourceConfig(
        Components.with(Components.defaults(Rows.class), "paths", others), form);
  }

  /** The rows of a table that satisfy one of the conditions, at the same snapshot. */
  public SourceConfig of(String table, List<String> where) {
    return new SourceConfig(
        new Rows(List.of(), Optional.of(table), where, rows.versionAsOf(), rows.timestampAsOf()),
        form);
  }

  /** The same table at a snapshot. */
  public SourceConfig asOf(String snapshot) {
    return new SourceConfig(
        new Rows(rows.paths(), rows.table(), rows.where(), Optional.of(snapshot), Optional.empty()),
        form);
  }

  private static void requireZone(String zone) {
    try {
      ZoneId.of(zone);
    } catch (DateTimeException e) {
      throw SettingProblem.because(
          "source.time-zone",
          "\"" + zone + "\" is not a time zone; write Europe/Berlin, UTC or +01:00",
          e);
    }
  }

  /** The name of the source in messages: its paths, or its table and the conditions on its rows. */
  public String name() {
    if (rows.table().isEmpty()) {
      return String.join(", ", rows.paths());
    }
    List<String> where = rows.where();
    String conditions = String.join(" or ", where);
    if (where.size() > CONDITIONS_SHOWN) {
      conditions =
          where.get(0) + " or ... or " + where.get(where.size() - 1) + " (" + where.size() + ")";
    }
    return "table " + rows.table().get() + (where.isEmpty() ? "" : " where " + conditions);
  }

  /** Csv files with a header. */
  public static SourceConfig defaults() {
    return Components.defaults(SourceConfig.class);
  }

  /** True for formats of separated text: csv and tsv. */
  public boolean separatedText() {
    return rows.table().isEmpty() && isText(form.format());
  }

  /** True for formats with lines of a label and features {@code index:1}: libfm and svmlight. */
  public boolean sparseText() {
    return rows.table().isEmpty() && isSparse(form.format());
  }

  private static boolean isSparse(String format) {
    return format.equals("libfm") || format.equals("svmlight");
  }

  private static boolean isText(String format) {
    return format.equals("csv") || format.equals("tsv");
  }
}

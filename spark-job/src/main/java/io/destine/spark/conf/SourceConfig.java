package io.destine.spark.conf;

import io.destine.config.SettingProblem;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The table that rows come from.
 *
 * @param paths files or directories; empty when a table, or the split, names them
 * @param table a catalog table, instead of paths
 * @param where SQL conditions on the rows of the table, of which a row meets one; empty for all
 *     rows
 * @param versionAsOf snapshot of the table: its id, or the name of a tag or branch
 * @param timestampAsOf time whose snapshot of the table is read
 * @param format csv, tsv, parquet, orc, json or the name of any Spark data source
 * @param header true when the first line of csv and tsv files holds the column names
 * @param columns names of the columns of files without a header, in order
 * @param options passed on to Spark's reader
 * @param references texts of options with {@code ${NAME}} in the place of environment variables, by
 *     option; what is kept of their secrets
 * @param timeZone in which timestamps become texts; that of the session when empty
 */
public record SourceConfig(
    List<String> paths,
    Optional<String> table,
    List<String> where,
    Optional<String> versionAsOf,
    Optional<String> timestampAsOf,
    String format,
    boolean header,
    List<String> columns,
    Map<String, String> options,
    Map<String, String> references,
    Optional<String> timeZone) {

  private static final int CONDITIONS_SHOWN = 3;

  public SourceConfig {
    paths = List.copyOf(paths);
    where = List.copyOf(where);
    columns = List.copyOf(columns);
    options = Map.copyOf(options);
    references = Map.copyOf(references);
    paths.forEach(path -> PathText.check("source.path", path));
    timeZone.ifPresent(SourceConfig::requireZone);
    if (table.isPresent() && !paths.isEmpty()) {
      throw SettingProblem.because(
          "source.table", "given together with source.path; leave one of them out");
    }
    if (table.isEmpty() && !where.isEmpty()) {
      throw SettingProblem.because(
          "source.where", "only for source.table; of files, name those to read in source.path");
    }
    if (where.stream().anyMatch(String::isBlank)) {
      throw SettingProblem.because("source.where", "a condition is empty");
    }
    if (versionAsOf.isPresent() && timestampAsOf.isPresent()) {
      throw SettingProblem.because(
          "source.timestamp-as-of",
          "given together with source.version-as-of; leave one of them out");
    }
    if (header && !columns.isEmpty()) {
      throw SettingProblem.because(
          "source.columns",
          "leave it out when source.header is true: the first line has the names");
    }
    if (!header && columns.isEmpty() && table.isEmpty() && isText(format)) {
      throw SettingProblem.because(
          "source.columns",
          "missing; without a header (source.header = false) it names the columns");
    }
  }

  /** Files whose options come from no environment variables. */
  public SourceConfig(
      List<String> paths,
      String format,
      boolean header,
      List<String> columns,
      Map<String, String> options) {
    this(
        paths,
        Optional.empty(),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        format,
        header,
        columns,
        options,
        Map.of(),
        Optional.empty());
  }

  SourceConfig withoutReferences() {
    return new SourceConfig(
        paths,
        table,
        where,
        versionAsOf,
        timestampAsOf,
        format,
        header,
        columns,
        options,
        Map.of(),
        timeZone);
  }

  /** The same source with timestamps of a time zone. */
  public SourceConfig inZone(String zone) {
    return new SourceConfig(
        paths,
        table,
        where,
        versionAsOf,
        timestampAsOf,
        format,
        header,
        columns,
        options,
        references,
        Optional.of(zone));
  }

  /** The same source of other paths, without a table. */
  public SourceConfig of(List<String> others) {
    return new SourceConfig(
        others,
        Optional.empty(),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        format,
        header,
        columns,
        options,
        references,
        timeZone);
  }

  /** The rows of a table that meet one of the conditions, in the same state of the table. */
  public SourceConfig of(String table, List<String> where) {
    return new SourceConfig(
        List.of(),
        Optional.of(table),
        where,
        versionAsOf,
        timestampAsOf,
        format,
        header,
        columns,
        options,
        references,
        timeZone);
  }

  /** The same table as of a snapshot. */
  public SourceConfig asOf(String snapshot) {
    return new SourceConfig(
        paths,
        table,
        where,
        Optional.of(snapshot),
        Optional.empty(),
        format,
        header,
        columns,
        options,
        references,
        timeZone);
  }

  private static void requireZone(String zone) {
    try {
      ZoneId.of(zone);
    } catch (DateTimeException e) {
      throw SettingProblem.because(
          "source.time-zone",
          "\"" + zone + "\" is no time zone; write Europe/Berlin, UTC or +01:00",
          e);
    }
  }

  /** What messages call the source: its paths, or its table and the conditions on its rows. */
  public String name() {
    if (table.isEmpty()) {
      return String.join(", ", paths);
    }
    String conditions = String.join(" or ", where);
    if (where.size() > CONDITIONS_SHOWN) {
      conditions =
          where.get(0) + " or ... or " + where.get(where.size() - 1) + " (" + where.size() + ")";
    }
    return "table " + table.get() + (where.isEmpty() ? "" : " where " + conditions);
  }

  /** Csv files with a header. */
  public static SourceConfig defaults() {
    return new SourceConfig(List.of(), "csv", true, List.of(), Map.of());
  }

  /** True for formats of separated text: csv and tsv. */
  public boolean separatedText() {
    return table.isEmpty() && isText(format);
  }

  private static boolean isText(String format) {
    return format.equals("csv") || format.equals("tsv");
  }
}

package io.destine.spark.conf;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The table that rows come from.
 *
 * @param paths files or directories; empty when a table, or the split, names them
 * @param table a catalog table, instead of paths
 * @param format csv, tsv, parquet, orc, json or the name of any Spark data source
 * @param header true when the first line of csv and tsv files holds the column names
 * @param columns names of the columns of files without a header, in order
 * @param options passed on to Spark's reader
 * @param references texts of options with {@code ${NAME}} in the place of environment variables, by
 *     option; what is kept of their secrets
 */
public record SourceConfig(
    List<String> paths,
    Optional<String> table,
    String format,
    boolean header,
    List<String> columns,
    Map<String, String> options,
    Map<String, String> references) {

  public SourceConfig {
    paths = List.copyOf(paths);
    columns = List.copyOf(columns);
    options = Map.copyOf(options);
    references = Map.copyOf(references);
    paths.forEach(path -> PathText.check("source.path", path));
    if (table.isPresent() && !paths.isEmpty()) {
      throw new IllegalArgumentException(
          "source.table: given together with source.path; leave one of them out");
    }
    if (header && !columns.isEmpty()) {
      throw new IllegalArgumentException(
          "source.columns: leave it out when source.header is true: the first line has the names");
    }
    if (!header && columns.isEmpty() && table.isEmpty() && isText(format)) {
      throw new IllegalArgumentException(
          "source.columns: missing; without a header (source.header = false) it names the columns");
    }
  }

  /** A table whose options come from no environment variables. */
  public SourceConfig(
      List<String> paths,
      Optional<String> table,
      String format,
      boolean header,
      List<String> columns,
      Map<String, String> options) {
    this(paths, table, format, header, columns, options, Map.of());
  }

  SourceConfig withoutReferences() {
    return new SourceConfig(paths, table, format, header, columns, options);
  }

  /** Csv files with a header. */
  public static SourceConfig defaults() {
    return new SourceConfig(List.of(), Optional.empty(), "csv", true, List.of(), Map.of());
  }

  /** True for formats of separated text: csv and tsv. */
  public boolean separatedText() {
    return table.isEmpty() && isText(format);
  }

  private static boolean isText(String format) {
    return format.equals("csv") || format.equals("tsv");
  }
}

package io.destine.spark.source;

import io.destine.feature.FieldSpec;
import io.destine.spark.conf.EncodingConfig;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.SplitConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The tables that make up a source: one whose rows are split by a rule, or one for each split.
 *
 * @param fields in order, the same for every table
 * @param parts one or more
 * @param files that the rows come from; none when the source is not made of files
 */
public record SourceParts(List<FieldSpec> fields, List<Part> parts, List<Path> files) {

  public SourceParts {
    fields = List.copyOf(fields);
    parts = List.copyOf(parts);
    files = List.copyOf(files);
  }

  /**
   * A table and the split of its rows.
   *
   * @param table as read
   * @param rule of its rows
   */
  public record Part(Dataset<Row> table, SplitRule rule) {}

  /**
   * The tables of the configured source, with their schemas checked.
   *
   * @throws io.destine.spark.conf.UserError when there is nothing to read or a column is missing
   */
  public static SourceParts read(SparkSession spark, JobConfig config) {
    SourceTable table = new SourceTable(spark, config.source());
    if (!(config.split() instanceof SplitConfig.ByPaths paths)) {
      return of(config, table, config.source().paths(), SplitRule.of(config.split()));
    }
    SourceParts parts = of(config, table, List.of(paths.train()), SplitRule.always(0));
    List<Optional<String>> others = List.of(paths.validation(), paths.test());
    for (int i = 0; i < others.size(); i++) {
      if (others.get(i).isPresent()) {
        parts = parts.and(of(config, table, List.of(others.get(i).get()), SplitRule.always(i + 1)));
      }
    }
    return parts;
  }

  /**
   * A table whose rows are split by a rule, with its schema checked.
   *
   * @param name of the table, for messages
   * @throws io.destine.spark.conf.UserError when a column is missing or does not fit
   * @throws IllegalArgumentException when splits have paths of their own
   */
  public static SourceParts of(Dataset<Row> table, EncodingConfig config, String name) {
    TableSchema schema = new TableSchema(table.schema(), name);
    schema.check(config);
    Part part = new Part(table, SplitRule.of(config.split()));
    return new SourceParts(schema.fields(config), List.of(part), List.of());
  }

  private static SourceParts of(
      JobConfig config, SourceTable source, List<String> paths, SplitRule rule) {
    Dataset<Row> table = source.read(paths);
    TableSchema schema =
        new TableSchema(
            table.schema(),
            config.source(),
            config.source().table().map(t -> "table " + t).orElse(String.join(", ", paths)));
    schema.check(config.encoding());
    return new SourceParts(
        schema.fields(config.encoding()), List.of(new Part(table, rule)), SourceFiles.of(table));
  }

  /** What a message calls the configured source: its table, or its paths. */
  public static String name(JobConfig config) {
    List<String> paths =
        config.split() instanceof SplitConfig.ByPaths byPaths
            ? List.of(byPaths.train())
            : config.source().paths();
    return config.source().table().map(t -> "table " + t).orElse(String.join(", ", paths));
  }

  private SourceParts and(SourceParts other) {
    List<Part> both = new ArrayList<>(parts);
    both.addAll(other.parts);
    List<Path> all = new ArrayList<>(files);
    all.addAll(other.files);
    return new SourceParts(fields, both, all);
  }
}

package io.destine.spark.source;

import io.destine.feature.FieldSpec;
import io.destine.spark.conf.EncodingConfig;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.SideTableConfig;
import io.destine.spark.conf.SplitConfig;
import io.destine.spark.conf.UserError;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The tables of a source: one whose rows are split by a rule, or one for each split.
 *
 * @param fields in order, the same for every table
 * @param open the columns to choose fields from, read through placeholder {@code fields}; empty if
 *     the fields are configured
 * @param parts one or more; none if the rows have been read before, or only side tables are read
 * @param files of the rows; empty if there is a snapshot, if a program has passed the rows, or if
 *     they do not come from files
 * @param snapshot of the source table; empty if it has none
 * @param sides side tables, in order
 */
public record SourceParts(
    List<FieldSpec> fields,
    List<OpenColumn> open,
    List<Part> parts,
    List<Path> files,
    Optional<TableSnapshot> snapshot,
    List<Side> sides) {

  public SourceParts {
    open = List.copyOf(open);
    fields = List.copyOf(fields);
    parts = List.copyOf(parts);
    files = List.copyOf(files);
    sides = List.copyOf(sides);
  }

  /** Tables without side tables. */
  public SourceParts(
      List<FieldSpec> fields,
      List<OpenColumn> open,
      List<Part> parts,
      List<Path> files,
      Optional<TableSnapshot> snapshot) {
    this(fields, open, parts, files, snapshot, List.of());
  }

  /**
   * A side table.
   *
   * @param rows as read
   * @param files of the rows; empty if there is a snapshot, if a program has passed the rows, or if
   *     they do not come from files
   * @param snapshot of the table; empty if it has none
   */
  public record Side(
      SideTableConfig config,
      Dataset<Row> rows,
      List<Path> files,
      Optional<TableSnapshot> snapshot) {
    /** The name of the table in messages. */
    public String name() {
      return "side table " + config.table().name() + " (" + config.source().name() + ")";
    }
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
   * @throws UserError if there is nothing to read or a column is missing
   */
  public static SourceParts read(SparkSession spark, JobConfig config) {
    SourceParts log = readLog(spark, config);
    return new SourceParts(
        log.fields(),
        log.open(),
        log.parts(),
        log.files(),
        log.snapshot(),
        sides(spark, config.tables()));
  }

  /**
   * Side tables, with their schemas checked.
   *
   * @throws UserError if there is nothing to read or a column is missing
   */
  public static List<Side> sides(SparkSession spark, List<SideTableConfig> tables) {
    return tables.stream().map(side -> side(spark, side)).toList();
  }

  /** The configured side tables, in order. */
  public List<SideTableConfig> tables() {
    return sides.stream().map(Side::config).toList();
  }

  /** The same with side tables and their rows. */
  public SourceParts with(List<SideTableConfig> tables, List<Dataset<Row>> rows) {
    List<Side> read = new ArrayList<>();
    for (int t = 0; t < tables.size(); t++) {
      Side side = new Side(tables.get(t), rows.get(t), List.of(), Optional.empty());
      read.add(checked(side, new TableSchema(rows.get(t).schema(), side.name())));
    }
    return new SourceParts(fields, open, parts, files, snapshot, read);
  }

  private static Side side(SparkSession spark, SideTableConfig config) {
    try {
      SourceTable.Rows read = new SourceTable(spark, config.source()).rows();
      Side side =
          new Side(
              config,
              read.rows(),
              read.snapshot().isPresent() ? List.of() : SourceFiles.of(read.rows()),
              read.snapshot());
      return checked(side, new TableSchema(read.rows().schema(), config.source(), side.name()));
    } catch (UserError e) {
      throw e.inSection("source", "tables." + config.table().name());
    }
  }

  private static Side checked(Side side, TableSchema schema) {
    List<FieldSpec> needed = new ArrayList<>(List.of(side.config().table().own()));
    needed.addAll(side.config().fields());
    schema.check(needed);
    return side;
  }

  /** Like {@link #read}, but side tables are not read. */
  public static SourceParts readLog(SparkSession spark, JobConfig config) {
    SourceTable table = new SourceTable(spark, config.source());
    if (!(config.split() instanceof SplitConfig.ByPaths paths)) {
      return of(config, table.rows(), config.source().name(), SplitRule.of(config.split()));
    }
    SourceParts parts = of(config, table, paths.train(), 0);
    List<Optional<String>> others = List.of(paths.validation(), paths.test());
    for (int i = 0; i < others.size(); i++) {
      if (others.get(i).isPresent()) {
        String path = others.get(i).get();
        SourceParts other = of(config, table, path, i + 1);
        // Fields are chosen from the columns of the training rows only.
        new TableSchema(other.parts.get(0).table().schema(), config.source(), path)
            .check(parts.fields);
        parts = parts.and(other);
      }
    }
    return parts;
  }

  /**
   * A table whose rows are split by a rule, with its schema checked.
   *
   * @param name of the table, for messages
   * @throws UserError if a column is missing or has an unsuitable type
   * @throws IllegalArgumentException if splits have their own paths
   */
  public static SourceParts of(Dataset<Row> table, EncodingConfig config, String name) {
    TableSchema schema = new TableSchema(table.schema(), name);
    schema.check(config);
    Part part = new Part(table, SplitRule.of(config.split()));
    return new SourceParts(
        schema.fields(config), schema.open(config), List.of(part), List.of(), Optional.empty());
  }

  /** The table of a path, all in one split. */
  private static SourceParts of(JobConfig config, SourceTable source, String path, int split) {
    SourceTable.Rows rows = new SourceTable.Rows(source.read(List.of(path)), Optional.empty());
    return of(config, rows, path, SplitRule.always(split));
  }

  private static SourceParts of(
      JobConfig config, SourceTable.Rows read, String name, SplitRule rule) {
    Dataset<Row> table = read.rows();
    TableSchema schema = new TableSchema(table.schema(), config.source(), name);
    schema.check(config.encoding());
    return new SourceParts(
        schema.fields(config.encoding()),
        open(config, schema),
        List.of(new Part(table, rule)),
        read.snapshot().isPresent() ? List.of() : SourceFiles.of(table),
        read.snapshot());
  }

  private static List<OpenColumn> open(JobConfig config, TableSchema schema) {
    List<OpenColumn> open = schema.open(config.encoding());
    return config.hasNights() ? open.stream().map(OpenColumn::ofNights).toList() : open;
  }

  /** The name of the configured source in messages: its table, or its paths. */
  public static String name(JobConfig config) {
    return config.split() instanceof SplitConfig.ByPaths byPaths
        ? Stream.of(Optional.of(byPaths.train()), byPaths.validation(), byPaths.test())
            .flatMap(Optional::stream)
            .collect(Collectors.joining(", "))
        : config.source().name();
  }

  private SourceParts and(SourceParts other) {
    List<Part> both = new ArrayList<>(parts);
    both.addAll(other.parts);
    List<Path> all = new ArrayList<>(files);
    all.addAll(other.files);
    return new SourceParts(fields, open, both, all, snapshot, sides);
  }
}

package io.destine.spark.source;

import io.destine.spark.conf.SourceConfig;
import io.destine.spark.conf.UserError;
import io.destine.spark.internals.Relations;
import io.destine.spark.internals.Relations.PartitionColumns;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * CSV and TSV files as a table of texts. A header may repeat a name, possibly in different case, or
 * leave a column unnamed. The table has the names of the header, an unnamed column is named by its
 * position ({@code _c0}), and a repeated name is rejected when it is used.
 */
final class SeparatedText {
  private static final Logger LOG = LoggerFactory.getLogger(SeparatedText.class);

  private final SparkSession spark;
  private final SourceConfig config;

  SeparatedText(SparkSession spark, SourceConfig config) {
    this.spark = spark;
    this.config = config;
  }

  Dataset<Row> read(String... paths) {
    if (!config.form().header()) {
      return rows(config.form().columns(), true, paths);
    }
    Dataset<Row> named = reader(true).csv(paths);
    List<String> columns = List.of(named.columns());
    if (columns.isEmpty()) {
      throw new UserError(String.join(", ", paths) + " is empty: there is no header line");
    }
    PartitionColumns partitions = Relations.partitionColumns(named);
    if (!mayBeRenamed(columns) && !partitions.overlap()) {
      return rows(columns, true, paths);
    }
    List<String> header = header(paths);
    if (!partitions.overlap() && header.equals(columns.subList(0, header.size()))) {
      return rows(columns, true, paths);
    }
    HeaderLines.requireEqual(spark.sparkContext().hadoopConfiguration(), SourceFiles.of(named));
    return renamed(named(header, paths), partitions.names(), paths);
  }

  /**
   * Reads rows under unique names by position, and then renames the columns to the header's names.
   */
  private Dataset<Row> renamed(List<String> header, List<String> partitions, String... paths) {
    Map<String, Integer> uses = new HashMap<>();
    List<String> all = new ArrayList<>(header);
    all.addAll(partitions);
    all.forEach(name -> uses.merge(folded(name), 1, Integer::sum));
    Map<String, String> names = new LinkedHashMap<>();
    for (int i = 0; i < header.size(); i++) {
      String name = header.get(i);
      boolean alone = uses.get(folded(name)) == 1;
      names.put(alone ? name : name + " in column " + (i + 1) + " of the files", name);
    }
    partitions.forEach(name -> names.put(name, name));
    Dataset<Row> rows = rows(List.copyOf(names.keySet()), false, paths);
    return rows.toDF(
        Arrays.stream(rows.columns())
            .map(column -> names.getOrDefault(column, column))
            .toArray(String[]::new));
  }

  /**
   * The original names of the header, which Spark changes if two are equal, ignoring case, or one
   * is empty.
   */
  private List<String> header(String... paths) {
    Dataset<Row> lines = reader(false).csv(paths);
    Row first = lines.head();
    List<String> header = new ArrayList<>();
    int columns = lines.columns().length - Relations.partitionColumns(lines).names().size();
    for (int i = 0; i < columns; i++) {
      header.add(first.isNullAt(i) ? "" : first.getString(i));
    }
    return header;
  }

  private static List<String> named(List<String> header, String... paths) {
    List<String> named = new ArrayList<>(header);
    for (int i = 0; i < header.size(); i++) {
      if (header.get(i).isBlank()) {
        named.set(i, "_c" + i);
        LOG.warn(
            "{}: column {} has no name and is called _c{}; list the fields to leave it out",
            String.join(", ", paths),
            i + 1,
            i);
      }
    }
    return named;
  }

  /**
   * True if Spark may have changed names: it appends the position to a repeated name, and names an
   * unnamed column i {@code _ci}.
   */
  private static boolean mayBeRenamed(List<String> columns) {
    Map<String, Integer> stems = new HashMap<>();
    for (int i = 0; i < columns.size(); i++) {
      String name = columns.get(i);
      if (name.equals("_c" + i)) {
        return true;
      }
      String place = Integer.toString(i);
      if (name.endsWith(place)) {
        String stem = folded(name.substring(0, name.length() - place.length()));
        if (stems.merge(stem, 1, Integer::sum) > 1) {
          return true;
        }
      }
    }
    return false;
  }

  private static String folded(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  /**
   * The files' rows as texts.
   *
   * @param compared true if Spark compares the names with the header of each file
   */
  private Dataset<Row> rows(List<String> columns, boolean compared, String... paths) {
    List<StructField> fields = new ArrayList<>();
    for (String column : columns) {
      fields.add(DataTypes.createStructField(column, DataTypes.StringType, true));
    }
    fields.add(DataTypes.createStructField(SourceTable.CORRUPT, DataTypes.StringType, true));
    return reader(config.form().header())
        .option("mode", "PERMISSIVE")
        .option("columnNameOfCorruptRecord", SourceTable.CORRUPT)
        .option("enforceSchema", !compared)
        .option("columnPruning", false)
        .schema(DataTypes.createStructType(fields))
        .csv(paths);
  }

  private DataFrameReader reader(boolean header) {
    // Spark prefers the option sep to its alias delimiter, so either can replace the default.
    return spark
        .read()
        .option("delimiter", config.form().format().equals("tsv") ? "\t" : ",")
        .option("escape", "\"")
        .options(config.form().options())
        .option("header", header)
        .option("inferSchema", false);
  }
}

package io.destine.spark.source;

import io.destine.spark.conf.SourceConfig;
import io.destine.spark.conf.UserError;
import java.util.List;
import java.util.Optional;
import org.apache.spark.SparkRuntimeException;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Reads the table that a configuration names. Separated text is read as texts, one column each;
 * lines with too few or too many of them keep their text in {@link #CORRUPT}.
 */
public final class SourceTable {
  /** Column with the text of a line that could not be taken apart. */
  public static final String CORRUPT = "_corrupt_record";

  private final SparkSession spark;
  private final SourceConfig config;

  /** A reader of the given source. */
  public SourceTable(SparkSession spark, SourceConfig config) {
    this.spark = spark;
    this.config = config;
  }

  /** The table of the source's own paths or name. */
  public Dataset<Row> read() {
    return read(config.paths());
  }

  /**
   * The table of the given paths.
   *
   * @throws UserError when there is nothing to read
   */
  public Dataset<Row> read(List<String> paths) {
    String where = config.table().map(t -> "source.table " + t).orElse(String.join(", ", paths));
    try {
      if (config.table().isPresent()) {
        return spark.table(config.table().get());
      }
      String[] array = paths.toArray(String[]::new);
      SourceFiles.requireAllRead(spark.sparkContext().hadoopConfiguration(), config, paths);
      return config.separatedText()
          ? separated(array)
          : reader().format(config.format()).load(array);
    } catch (Exception | AssertionError e) {
      throw refusal(e, where);
    }
  }

  /** Spark checks options and paths by exceptions of many classes, even by assertions. */
  private static RuntimeException refusal(Throwable e, String where) {
    Optional<UserError> mistake = SourceFailure.explain(e, where);
    if (mistake.isPresent()) {
      return mistake.get();
    }
    if (e instanceof AnalysisException
        || e instanceof ClassNotFoundException
        || e instanceof IllegalArgumentException
        || e instanceof SparkRuntimeException
        || e instanceof AssertionError) {
      return new UserError(
          where
              + ": Spark refuses to read it with these source.options: "
              + SourceFailure.firstLine(e));
    }
    return SourceFailure.of((Exception) e, where);
  }

  private Dataset<Row> separated(String[] paths) {
    DataFrameReader reader =
        spark
            .read()
            .option("sep", config.format().equals("tsv") ? "\t" : ",")
            .option("escape", "\"")
            .options(config.options())
            .option("header", config.header())
            .option("inferSchema", false);
    String[] columns =
        config.header() ? reader.csv(paths).columns() : config.columns().toArray(String[]::new);
    StructType schema = new StructType();
    for (String column : columns) {
      schema = schema.add(column, DataTypes.StringType);
    }
    return reader
        .option("mode", "PERMISSIVE")
        .option("columnNameOfCorruptRecord", CORRUPT)
        .option("enforceSchema", false)
        .option("columnPruning", false)
        .schema(schema.add(CORRUPT, DataTypes.StringType))
        .csv(paths);
  }

  private DataFrameReader reader() {
    return spark
        .read()
        .option("mode", "PERMISSIVE")
        .option("columnNameOfCorruptRecord", CORRUPT)
        .options(config.options());
  }
}

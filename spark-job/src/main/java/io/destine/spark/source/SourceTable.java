package io.destine.spark.source;

import io.destine.spark.conf.JobConfig;
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
import scala.Tuple2;

/**
 * Reads the table that a configuration names. Separated text is read as texts, one column each;
 * lines with too few or too many of them keep their text in {@link #CORRUPT}.
 */
public final class SourceTable {
  /** Column with the text of a line that could not be taken apart. */
  public static final String CORRUPT = "_corrupt_record";

  /** Setting of Spark for the time zone of timestamps. */
  public static final String TIME_ZONE = "spark.sql.session.timeZone";

  /** Why such a line is no row. */
  public static final String UNEVEN = "the line has more or fewer values than there are columns";

  private final SparkSession spark;
  private final SourceConfig config;

  /** A reader of the given source. */
  public SourceTable(SparkSession spark, SourceConfig config) {
    this.spark = spark;
    this.config = config;
  }

  /**
   * Rows of a table.
   *
   * @param snapshot that they are of; empty when the table has none
   */
  public record Rows(Dataset<Row> rows, Optional<TableSnapshot> snapshot) {}

  /**
   * The same job as of the snapshot of its table that it asks for now, in the time zone of the
   * session unless it names one, so that each reading of the source gives the same rows. Files and
   * tables without snapshots are read as they are.
   *
   * @throws UserError when there is no such table or snapshot
   */
  public static JobConfig pinned(SparkSession spark, JobConfig config) {
    SourceConfig asked = config.source();
    SourceConfig source =
        asked.form().timeZone().isPresent() ? asked : asked.inZone(spark.conf().get(TIME_ZONE));
    return config.asIs(
        source
            .rows()
            .table()
            .flatMap(name -> CatalogTable.of(spark, name).snapshot(source))
            .map(snapshot -> source.asOf(snapshot.id()))
            .orElse(source));
  }

  /** The table of the source's own paths or name. */
  public Dataset<Row> read() {
    return rows().rows();
  }

  /** The table of the source's own paths or name, and which of its snapshots that is. */
  public Rows rows() {
    if (config.rows().table().isEmpty()) {
      return new Rows(read(config.rows().paths()), Optional.empty());
    }
    CatalogTable table = CatalogTable.of(spark, config.rows().table().get());
    Optional<TableSnapshot> snapshot = table.snapshot(config);
    return new Rows(table.rows(config, snapshot, "source.where"), snapshot);
  }

  /**
   * The table of the given paths.
   *
   * @throws UserError when there is nothing to read
   */
  Dataset<Row> read(List<String> paths) {
    String where = String.join(", ", paths);
    try {
      String[] array = paths.toArray(String[]::new);
      SourceFiles.requireAllRead(spark.sparkContext().hadoopConfiguration(), config, paths);
      return config.separatedText()
          ? new SeparatedText(spark, config).read(array)
          : config.sparseText() ? new SparseText(spark, config).read(array) : loaded(array);
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

  /** Where names differ only by case, Spark reads the table in a session that minds case. */
  private Dataset<Row> loaded(String... paths) throws AnalysisException {
    try {
      return reader(spark).load(paths);
    } catch (Exception e) {
      if (!(e instanceof AnalysisException refused)
          || !"COLUMN_ALREADY_EXISTS".equals(refused.getErrorClass())) {
        throw e;
      }
    }
    SparkSession exact = spark.newSession();
    scala.collection.Iterator<Tuple2<String, String>> settings = spark.conf().getAll().iterator();
    while (settings.hasNext()) {
      Tuple2<String, String> setting = settings.next();
      if (exact.conf().isModifiable(setting._1())) {
        exact.conf().set(setting._1(), setting._2());
      }
    }
    exact.conf().set("spark.sql.caseSensitive", true);
    return reader(exact).load(paths);
  }

  private DataFrameReader reader(SparkSession session) {
    return session
        .read()
        .format(config.form().format())
        .option("mode", "PERMISSIVE")
        .option("columnNameOfCorruptRecord", CORRUPT)
        .options(config.form().options());
  }
}

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
import org.apache.spark.sql.catalyst.util.DateTimeUtils;
import scala.Tuple2;

/**
 * Reads the table of a configuration. All columns of separated text are read as texts; lines with
 * too few or too many values keep their text in {@link #CORRUPT}.
 */
public final class SourceTable {
  /** Column with the text of a line that could not be parsed. */
  public static final String CORRUPT = "_corrupt_record";

  /** Spark's setting for the time zone of timestamps. */
  public static final String TIME_ZONE = "spark.sql.session.timeZone";

  /** The reason for rejecting a line that is in {@link #CORRUPT}. */
  public static final String UNEVEN =
      "the line is malformed, or has more or fewer values than there are columns";

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
   * @param snapshot of the rows; empty if the table has none
   */
  public record Rows(Dataset<Row> rows, Optional<TableSnapshot> snapshot) {}

  /**
   * The same job pinned to the snapshot that its configuration currently selects and, if no time
   * zone is configured, to that of the session, so that each reading of the source gives the same
   * rows. A short name of the session's zone, such as EST, is resolved. Files and tables without
   * snapshots are not pinned.
   *
   * @throws UserError if the table or snapshot does not exist
   */
  public static JobConfig pinned(SparkSession spark, JobConfig config) {
    SourceConfig asked = config.source();
    SourceConfig source =
        asked.form().timeZone().isPresent()
            ? asked
            : asked.inZone(DateTimeUtils.getZoneId(spark.conf().get(TIME_ZONE)).getId());
    return config.asIs(
        source
            .rows()
            .table()
            .flatMap(name -> CatalogTable.of(spark, name).snapshot(source))
            .map(snapshot -> source.asOf(snapshot.id()))
            .orElse(source));
  }

  /** Reads the configured paths or table. */
  public Dataset<Row> read() {
    return rows().rows();
  }

  /** Reads the configured paths or table, with the snapshot used. */
  public Rows rows() {
    if (config.rows().table().isEmpty()) {
      return new Rows(read(config.rows().paths()), Optional.empty());
    }
    CatalogTable table = CatalogTable.of(spark, config.rows().table().get());
    Optional<TableSnapshot> snapshot = table.snapshot(config);
    return new Rows(table.rows(config, snapshot, "source.where"), snapshot);
  }

  /**
   * Reads the given paths.
   *
   * @throws UserError if there is nothing to read
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

  /**
   * Spark reports invalid options and paths with exceptions of many classes, even assertion errors.
   */
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
          "source.options: Spark refuses to read "
              + where
              + " with these options: "
              + SourceFailure.firstLine(e));
    }
    return SourceFailure.of((Exception) e, where);
  }

  /** If names differ only in case, the table is read in a case-sensitive session. */
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
    SourceConfig.Form form = config.form();
    DataFrameReader reader =
        session
            .read()
            .format(form.format())
            .option("mode", "PERMISSIVE")
            .option("columnNameOfCorruptRecord", CORRUPT);
    if (form.format().equalsIgnoreCase("json")) {
      form.timeZone().ifPresent(zone -> reader.option("timeZone", zone));
    }
    return reader.options(form.options());
  }
}

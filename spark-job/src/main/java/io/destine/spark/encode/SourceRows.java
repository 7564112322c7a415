package io.destine.spark.encode;

import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldSpec;
import io.destine.spark.conf.EncodingConfig;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.SourceConfig;
import io.destine.spark.source.JobDescription;
import io.destine.spark.source.OpenColumn;
import io.destine.spark.source.RowCounts;
import io.destine.spark.source.SourceParts;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The rows of tables, read and checked once. Executors keep the rows in compact form until this
 * object is closed; after that, rows are read again when needed.
 */
public final class SourceRows implements AutoCloseable {
  private final List<FieldSpec> fields;

  /** Null for a table passed in by a program. */
  private final SourceConfig source;

  private final SparkSession spark;

  /** The columns from which fields are still to be chosen; empty if the fields are known. */
  private List<OpenColumn> open;

  private final EncodingJob job;
  private final RowCounts counts;

  private SourceRows(
      SparkSession spark, SourceParts parts, EncodingConfig config, SourceConfig source) {
    this.spark = spark;
    fields = parts.fields();
    open = parts.open();
    this.source = source;
    job = new EncodingJob(spark, parts, RowRoles.of(config, fields), EncodingLimits.DEFAULT);
    try {
      counts =
          JobDescription.during(spark.sparkContext(), "reading rows", () -> job.read().counts());
    } catch (Exception | Error e) {
      job.close();
      throw e;
    }
  }

  /**
   * Reads the rows of a configured source.
   *
   * @throws io.destine.spark.conf.UserError if there is nothing to read or a column is missing
   */
  public static SourceRows read(SparkSession spark, JobConfig config) {
    return new SourceRows(
        spark, SourceParts.readLog(spark, config), config.encoding(), config.source());
  }

  /**
   * Reads the rows of a table.
   *
   * @throws io.destine.spark.conf.UserError if a column is missing or has an unsuitable type
   */
  public static SourceRows of(Dataset<Row> table, EncodingConfig config) {
    return new SourceRows(
        table.sparkSession(), SourceParts.of(table, config, "the table"), config, null);
  }

  /** The fields in order; if none are configured, the fields with which the columns are read. */
  public List<FieldSpec> fields() {
    return fields;
  }

  /** The rest of a source after these rows: its other paths, or conditions on its table. */
  SourceConfig rest(SourceConfig whole) {
    return whole.rows().table().isEmpty()
        ? whole.of(without(whole.rows().paths(), source.rows().paths()))
        : whole.of(
            whole.rows().table().get(), without(whole.rows().where(), source.rows().where()));
  }

  private static List<String> without(List<String> all, List<String> some) {
    return all.stream().filter(each -> !some.contains(each)).toList();
  }

  /** Good rows by split and label, and bad rows. */
  public RowCounts counts() {
    return counts;
  }

  /**
   * The good rows with the ids of a vocabulary of the same fields, which does not grow. Lazy; no
   * JVM holds the vocabulary. If the rows were read before fields were chosen, they use the fields
   * of the vocabulary from then on.
   *
   * @param split selects rows; all if empty
   */
  public JavaRDD<EncodedBatch> encoded(StoredVocabulary vocabulary, Optional<Split> split) {
    if (!open.isEmpty()) {
      job.take(ChosenChunk.of(open, vocabulary.fields().inputs()));
      open = List.of();
      JobDescription.during(spark.sparkContext(), "reading rows", job::read);
    }
    return job.encoded(vocabulary, split);
  }

  EncodingJob job() {
    return job;
  }

  @Override
  public void close() {
    job.close();
  }
}

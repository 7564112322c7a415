package io.destine.spark.encode;

import io.destine.spark.conf.EncodingConfig;
import io.destine.spark.source.JobDescription;
import io.destine.spark.source.SourceParts;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;

/** Encodes the rows of side tables with an existing vocabulary. */
public final class SideTableEncoder {
  private final SparkSession spark;

  public SideTableEncoder(SparkSession spark) {
    this.spark = spark;
  }

  /**
   * A vocabulary with other rows of its side tables. Values that are not in the vocabulary get the
   * ids of unknown values.
   *
   * @param config of the vocabulary's fields
   * @param sides the tables, with the fields and keys of the vocabulary
   * @param directory a new directory for the files
   */
  public Encoded encode(
      StoredVocabulary vocabulary,
      EncodingConfig config,
      List<SourceParts.Side> sides,
      String directory) {
    SourceParts source =
        new SourceParts(
            vocabulary.fields().inputs(), List.of(), List.of(), List.of(), Optional.empty(), sides);
    TableEncoder.requireSame(vocabulary, source);
    RowRoles roles = RowRoles.of(config, source.fields());
    try (EncodingJob job = new EncodingJob(spark, source, roles, EncodingLimits.DEFAULT);
        JobDescription.Kept caller = JobDescription.keep(spark.sparkContext())) {
      return new Encoded(job.encodeTables(vocabulary, directory), job.tables().warnings());
    }
  }

  /**
   * The encoded rows.
   *
   * @param vocabulary with the rows
   * @param warnings about the tables, one line each
   */
  public record Encoded(StoredVocabulary vocabulary, List<String> warnings) {}
}

package io.destine.spark.encode;

import io.destine.feature.FieldSpec;
import io.destine.feature.FittedFields;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.UserError;
import io.destine.spark.source.FieldChanges;
import io.destine.spark.source.JobDescription;
import io.destine.spark.source.RowCounts;
import io.destine.spark.source.SourceParts;
import io.destine.spark.store.Fence;
import io.destine.spark.store.OutputLock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From a configuration to an encoded data set: read, check, split, fit, vocabulary, encode. The
 * data set is written beside its directory and renamed when whole; one that was made of the same
 * settings and files is used again.
 */
public final class DataSetEncoder {
  private static final Logger LOG = LoggerFactory.getLogger(DataSetEncoder.class);

  private final Supplier<OutputLock.Held> lock;

  /** An encoder that nobody contends with. */
  public DataSetEncoder() {
    this(() -> OutputLock.of(Fence.NONE));
  }

  /**
   * An encoder among others.
   *
   * @param lock acquires the data set's lock; called when the data set is to be written, which is
   *     not so when it is used again
   */
  public DataSetEncoder(Supplier<OutputLock.Held> lock) {
    this.lock = lock;
  }

  /**
   * The encoded data set of the configured source, with a vocabulary of its own.
   *
   * @param directory of the data set; replaced when it holds one of other settings or files
   * @throws UserError when configuration or data do not allow it
   */
  public EncodedDataSet encode(SparkSession spark, JobConfig config, String directory) {
    return encode(spark, config, directory, Optional.empty());
  }

  /**
   * The encoded data set of the configured source with the ids of an existing vocabulary, to which
   * new values are appended; its fitted fields are kept.
   *
   * @param existing directory of a vocabulary of the same fields
   * @throws UserError when configuration or data do not allow it
   */
  public EncodedDataSet encode(
      SparkSession spark, JobConfig config, String directory, Optional<String> existing) {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    Optional<StoredVocabulary> vocabulary = existing.map(d -> StoredVocabulary.open(hadoop, d));
    SourceParts source = SourceParts.read(spark, config);
    String settings =
        config.encodingFingerprint() + vocabulary.map(StoredVocabulary::fingerprint).orElse("");
    String made = SourceFingerprint.of(hadoop, settings, source.files());
    DataFiles files = new DataFiles(hadoop);
    if (!DataDirectory.holdsDataSetMadeOf(files, directory, made)) {
      try (OutputLock.Held held = lock.get()) {
        DataDirectory target = new DataDirectory(files, directory, held);
        // Another run may have written the very same meanwhile.
        if (!DataDirectory.holdsDataSetMadeOf(files, directory, made)) {
          write(spark, config, source, target, vocabulary, made);
          return EncodedDataSet.load(spark, directory);
        }
      }
    }
    LOG.info("encoded data set {} is up to date and used again", directory);
    return EncodedDataSet.load(spark, directory);
  }

  private static void write(
      SparkSession spark,
      JobConfig config,
      SourceParts source,
      DataDirectory target,
      Optional<StoredVocabulary> vocabulary,
      String made) {
    target.requireReplaceable();
    RowRoles roles = RowRoles.of(config, source.fields());
    try (EncodingJob job = new EncodingJob(spark, source, roles, EncodingLimits.DEFAULT)) {
      new Encoding(spark, config, source.fields(), target, job).write(vocabulary, made);
    } finally {
      JobDescription.set(spark.sparkContext(), null);
    }
  }

  /** One encoding under way. */
  private record Encoding(
      SparkSession spark,
      JobConfig config,
      List<FieldSpec> specs,
      DataDirectory target,
      EncodingJob job) {

    void write(Optional<StoredVocabulary> existing, String made) {
      existing.ifPresent(
          v ->
              FieldChanges.requireNone(
                  v.fields().specs(), specs, "the vocabulary " + v.directory()));
      String temporary = target.begin();
      JobDescription.set(spark.sparkContext(), "reading rows");
      RowStatistics statistics = job.read();
      RowCounts counts = statistics.counts();
      if (counts.bad() > 0) {
        quarantine(temporary + "/quarantine");
      }
      try {
        counts.check(config);
        statistics.weights(config).check();
      } catch (UserError e) {
        target.keepQuarantineOnly();
        throw e;
      }
      JobDescription.set(spark.sparkContext(), "counting values");
      FittedFields fields = existing.map(StoredVocabulary::fields).orElseGet(job::fit);
      StoredVocabulary vocabulary =
          job.writeVocabulary(fields, config.vocabulary(), existing, temporary + "/vocabulary");
      JobDescription.set(spark.sparkContext(), "encoding rows");
      long[] rows = Arrays.stream(Split.values()).mapToLong(statistics::rows).toArray();
      BlockPlan plan =
          new BlockPlan(
              rows,
              config.output().blockRows(),
              spark.sparkContext().defaultParallelism(),
              EncodingLimits.DEFAULT.taskRows(),
              config.split().seed());
      EncodingJob.StoredRows stored =
          job.writeRows(fields, vocabulary, plan, EncodedDataSet.rowsPath(temporary));
      List<String> warnings = new ArrayList<>(counts.warnings());
      warnings.addAll(uniformFields(fields, job.values()));
      warnings.forEach(LOG::warn);
      target.commit(
          new DataSetManifest(
              fields.layout(),
              vocabulary.size(),
              stored.blocks(),
              counts.bad(),
              stored.fingerprint(),
              vocabulary.fingerprint(),
              made,
              warnings));
    }

    private void quarantine(String directory) {
      StructType schema =
          new StructType()
              .add("reason", DataTypes.StringType, false)
              .add("raw", DataTypes.StringType);
      JavaRDD<Row> bad = job.bad().map(row -> RowFactory.create(row._1(), row._2()));
      spark.createDataFrame(bad, schema).write().json(directory);
    }

    private static List<String> uniformFields(FittedFields fields, long[] values) {
      List<String> warnings = new ArrayList<>();
      for (int m = 0; m < values.length; m++) {
        FieldSpec field = fields.specs().get(m);
        if (field.hasIds() && values[m] < 2) {
          warnings.add(
              "field "
                  + field.name()
                  + ": should have several values of vocabulary.min-count rows each, got "
                  + values[m]);
        }
      }
      return warnings;
    }
  }
}

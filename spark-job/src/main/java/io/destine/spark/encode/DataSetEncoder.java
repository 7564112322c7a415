package io.destine.spark.encode;

import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.SourceConfig;
import io.destine.spark.conf.UserError;
import io.destine.spark.source.SourceParts;
import io.destine.spark.source.SourceTable;
import io.destine.spark.store.Fence;
import io.destine.spark.store.OutputLock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From a configuration to an encoded data set, by {@link TableEncoder}; an existing data set of the
 * same settings and files, or of the same snapshot of a table, is reused.
 */
public final class DataSetEncoder {
  /** To be changed when the same rows and settings give a different data set. */
  private static final String VERSION = "2 ";

  private static final Logger LOG = LoggerFactory.getLogger(DataSetEncoder.class);

  private final Supplier<OutputLock.Held> lock;

  /** An encoder that takes no lock, for use without concurrent runs. */
  public DataSetEncoder() {
    this(() -> OutputLock.of(Fence.NONE));
  }

  /**
   * An encoder that locks the data set against concurrent runs.
   *
   * @param lock acquires the data set's lock; called only when the data set is written, not when it
   *     is reused
   */
  public DataSetEncoder(Supplier<OutputLock.Held> lock) {
    this.lock = lock;
  }

  /**
   * The encoded data set of the configured source, with a new vocabulary or one that extends the
   * vocabulary of its init-model.
   *
   * @param directory of the data set; replaced if it holds a data set of other settings or files
   * @throws UserError when configuration or data do not allow it
   */
  public EncodedDataSet encode(SparkSession spark, JobConfig config, String directory) {
    return encode(
        spark, config, directory, Optional.empty(), true, Optional.empty(), Optional.empty());
  }

  /**
   * The encoded data set of the configured source with the ids of an existing vocabulary, to which
   * new values are appended; its fitted fields are kept.
   *
   * @param existing directory of a vocabulary of the same fields; if empty, the vocabulary of the
   *     job's init-model is used, if there is one
   * @param seen whether the label rates of that vocabulary may come from some of the rows; training
   *     rows then get the rates of other folds of the rows
   * @param read rows of some of the paths, or of some of the conditions on a table, that have
   *     already been read
   * @param window the days over which values are counted, if other than the days of the rows; the
   *     rows of its newest day are the ones already read
   * @throws UserError when configuration or data do not allow it
   */
  public EncodedDataSet encode(
      SparkSession spark,
      JobConfig job,
      String directory,
      Optional<String> existing,
      boolean seen,
      Optional<SourceRows> read,
      Optional<CountWindow> window) {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    Optional<StoredVocabulary> vocabulary =
        existing
            .map(d -> StoredVocabulary.open(hadoop, d))
            .or(() -> InitialModel.vocabulary(hadoop, job));
    JobConfig config =
        SourceTable.pinned(
            spark, vocabulary.map(v -> job.withChosen(v.fields().inputs())).orElse(job));
    SourceParts source = SourceParts.read(spark, config);
    String settings =
        VERSION
            + config.encodingFingerprint()
            + vocabulary.map(StoredVocabulary::sha256).orElse("")
            + window.map(CountWindow::toString).orElse("")
            + vocabulary
                .filter(v -> seen && v.fields().rates().length > 0)
                .map(v -> " seen")
                .orElse("")
            + config.encoding().splitDateColumn().map(c -> " split by " + c).orElse("");
    String made = SourceFingerprint.of(hadoop, settings, source);
    if (!DataDirectory.holdsDataSetMadeOf(hadoop, directory, made)) {
      try (OutputLock.Held held = lock.get()) {
        DataDirectory target = new DataDirectory(new DataFiles(hadoop), directory, held);
        // Another run may have written the same data set meanwhile.
        if (!DataDirectory.holdsDataSetMadeOf(hadoop, directory, made)) {
          try {
            return held.during(
                () -> {
                  new TableEncoder(spark, config.encoding(), vocabulary, seen)
                      .write(
                          read,
                          window,
                          read.isEmpty() ? source : others(spark, config, source, read.get()),
                          SourceParts.name(config),
                          target,
                          source.snapshot(),
                          made);
                  return EncodedDataSet.load(spark, directory);
                });
          } catch (UserError e) {
            throw target.quarantine().map(path -> withQuarantine(e, path)).orElse(e);
          }
        }
      }
    }
    LOG.info("encoded data set {} is up to date and is reused", directory);
    return EncodedDataSet.load(spark, directory);
  }

  private static UserError withQuarantine(UserError e, String path) {
    List<String> problems = new ArrayList<>(e.problems());
    int last = problems.size() - 1;
    problems.set(last, problems.get(last) + "; rows that cannot be read are kept in " + path);
    return new UserError(problems);
  }

  /** The tables of the paths, or the conditions on a table, that have not been read yet. */
  private static SourceParts others(
      SparkSession spark, JobConfig config, SourceParts all, SourceRows read) {
    SourceConfig rest = read.rest(config.source());
    return rest.rows().paths().isEmpty() && rest.rows().where().isEmpty()
        ? new SourceParts(
            all.fields(), all.open(), List.of(), List.of(), all.snapshot(), all.sides())
        : SourceParts.read(spark, config.reading(rest));
  }
}

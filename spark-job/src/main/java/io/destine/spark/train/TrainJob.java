package io.destine.spark.train;

import io.destine.config.Components;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.SourceConfig;
import io.destine.spark.conf.UserError;
import io.destine.spark.encode.DataSetEncoder;
import io.destine.spark.encode.DataSetManifest;
import io.destine.spark.encode.EncodedDataSet;
import io.destine.spark.encode.InitialModel;
import io.destine.spark.encode.SourceRows;
import io.destine.spark.source.SourceTable;
import io.destine.spark.source.TableSnapshot;
import io.destine.spark.store.Fence;
import io.destine.spark.store.LockedException;
import io.destine.spark.store.OutputLock;
import io.destine.spark.store.Storage;
import io.destine.spark.tracking.TrackedRun;
import io.destine.train.TrainingListener;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * From a configuration to a published model: encode, train, keep the best epoch, evaluate it on the
 * test rows, publish. A failure before the new model is put in place leaves a previously published
 * model unchanged.
 */
public final class TrainJob {
  private final SparkSession spark;
  private final JavaSparkContext context;
  private final JobConfig config;
  private final String program;
  private final Consumer<String> log;
  private final Terms terms;

  /**
   * The options of a job.
   *
   * @param retraining the new day to train on, if any
   * @param fence the right to write, of a run that has checked all outputs and locked them
   * @param overwrite replaces an existing model
   * @param read the rows of some paths, closed when encoded
   * @param encoded the rows, if they have been encoded
   * @param fingerprint of the only rows that are accepted, if set
   * @param gate of its checkpoints
   * @param tracked its run in experiment tracking
   */
  private record Terms(
      Optional<Retraining> retraining,
      Optional<Fence> fence,
      boolean overwrite,
      Optional<SourceRows> read,
      Optional<EncodedDataSet> encoded,
      Optional<String> fingerprint,
      CheckpointGate gate,
      TrackedRun tracked) {}

  /**
   * A job.
   *
   * @param program name and version, for the manifest
   * @param log receives human-readable lines
   */
  public TrainJob(SparkSession spark, JobConfig config, String program, Consumer<String> log) {
    this(
        spark,
        config,
        program,
        log,
        new Terms(
            Optional.empty(),
            Optional.empty(),
            false,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            new CheckpointGate(),
            TrackedRun.NONE));
  }

  private TrainJob(
      SparkSession spark, JobConfig config, String program, Consumer<String> log, Terms terms) {
    this.spark = spark;
    this.config = config;
    this.program = program;
    this.log = log;
    this.terms = terms;
    context = JavaSparkContext.fromSparkContext(spark.sparkContext());
  }

  private TrainJob with(String term, Object value) {
    return new TrainJob(spark, config, program, log, Components.with(terms, term, value));
  }

  /** The same job on the rows of a new day, continuing a published model if there is one. */
  public TrainJob on(Retraining day) {
    return with("retraining", Optional.of(day));
  }

  /**
   * The same job with rows that have already been read from some of its paths; they are closed once
   * encoded.
   */
  public TrainJob having(SourceRows rows) {
    return with("read", Optional.of(rows));
  }

  /** The same job on rows that have been encoded with its settings. */
  public TrainJob on(EncodedDataSet rows) {
    return with("encoded", Optional.of(rows));
  }

  /** The same job, which trains only on encoded rows with this fingerprint. */
  public TrainJob onlyOn(String fingerprint) {
    return with("fingerprint", Optional.of(fingerprint));
  }

  /** The same job in a run that has checked all outputs and locked them. */
  public TrainJob under(Fence lock) {
    return with("fence", Optional.of(lock));
  }

  /** The same job, which also replaces an existing model. */
  public TrainJob overwriting() {
    return with("overwrite", true);
  }

  /** The same job with experiment tracking. */
  public TrainJob tracked(TrackedRun run) {
    return with("tracked", run);
  }

  /** The gate of the checkpoints of this job and of jobs derived from it. */
  public CheckpointGate checkpointGate() {
    return terms.gate();
  }

  /** Runs the job from its start; see below. */
  public TrainResult run(TrainingListener progress) {
    return run(false, progress);
  }

  /**
   * Runs the job.
   *
   * @param resume resumes from the last checkpoint of an interrupted run, if there is one
   * @throws UserError if the configuration or the data are not suitable
   * @throws io.destine.spark.store.LockedException when another run writes the model or the data
   * @throws io.destine.train.TrainingException if training cannot continue
   */
  public TrainResult run(boolean resume, TrainingListener progress) {
    if (terms.fence().isPresent()) {
      Fence fence = terms.fence().get();
      return run(fence, () -> OutputLock.of(fence), resume, progress);
    }
    Outputs.checkTraining(context.sc(), config);
    try (OutputLock.Held held =
        Outputs.lock(spark, config, config.output().model(), log).acquire()) {
      if (!terms.overwrite() && resume) {
        ReplacedModel.requireSameFields(spark, config);
      } else if (!terms.overwrite()) {
        ReplacedModel.requireNone(context.hadoopConfiguration(), config);
      }
      OutputLock data = Outputs.lock(spark, config, config.output().data(), log);
      try {
        return run(held, data::acquire, resume, progress);
      } catch (Throwable e) {
        held.requireHeldAfter(e);
        throw e;
      }
    }
  }

  private TrainResult run(
      Fence fence, Supplier<OutputLock.Held> dataLock, boolean resume, TrainingListener progress) {
    if (!config.split().hasValidation()) {
      throw new UserError(
          "there are no validation rows, by which training chooses the best epoch: set"
              + " split.validation or split.paths.validation");
    }
    JobConfig config =
        InitialModel.pinned(
            context.hadoopConfiguration(),
            SourceTable.pinned(spark, resume ? interrupted() : this.config));
    TrainingReport report =
        new TrainingReport(
            config.output().model(), JobJson.map(config), program, context.version());
    long start = System.nanoTime();
    EncodedDataSet data = terms.encoded().orElseGet(() -> encoded(config, dataLock));
    terms.read().ifPresent(SourceRows::close);
    terms.fingerprint().ifPresent(expected -> requireRows(data, expected));
    double encodeSeconds = (System.nanoTime() - start) / 1e9;
    report.stage("encode");
    JobConfig chosen = config.withChosen(data.fields());
    report.settings(JobJson.map(chosen));
    TrainingRun run =
        TrainingRun.of(chosen, program, fence, terms.retraining(), log, terms.gate())
            .tracked(terms.tracked());
    try {
      return new ModelTrainer(spark, config.training(), run)
          .train(data, config.output().model(), resume, progress, report)
          .encodedIn(encodeSeconds);
    } catch (LockedException e) {
      throw e;
    } catch (Throwable e) {
      if (terms.retraining().isEmpty()) {
        log.accept(
            "the encoded rows are kept in "
                + data.directory()
                + ": the next training run on the same data uses them");
      }
      throw e;
    }
  }

  private static void requireRows(EncodedDataSet data, String fingerprint) {
    String found = data.manifest().fingerprint();
    if (!found.equals(fingerprint)) {
      throw new UserError(
          "the rows differ from those that the model was trained on: fingerprint "
              + found
              + " instead of "
              + fingerprint
              + "; check the source, or give the location of the original rows with --set"
              + " source.path=PATH");
    }
  }

  private EncodedDataSet encoded(JobConfig config, Supplier<OutputLock.Held> dataLock) {
    return new DataSetEncoder(dataLock)
        .encode(
            spark,
            config,
            config.output().data(),
            terms.retraining().flatMap(Retraining::vocabulary),
            terms.retraining().map(Retraining::seen).orElse(true),
            terms.read(),
            terms.retraining().flatMap(Retraining::window));
  }

  /** The configuration for the snapshot that an interrupted run has encoded, if any. */
  private JobConfig interrupted() {
    SourceConfig source = config.source();
    if (source.rows().table().isEmpty() || source.rows().ofSnapshot() || !checkpoints()) {
      return config;
    }
    Optional<TableSnapshot> snapshot =
        EncodedDataSet.manifest(context.hadoopConfiguration(), config.output().data())
            .flatMap(DataSetManifest::snapshot)
            .filter(encoded -> source.rows().table().get().equals(encoded.table()));
    snapshot.ifPresent(s -> log.accept("using the rows of the interrupted run: " + s.words()));
    return snapshot.map(s -> config.reading(source.asOf(s.id()))).orElse(config);
  }

  private boolean checkpoints() {
    Path directory = new Path(config.output().checkpoints());
    return CheckpointStore.any(Storage.of(context.hadoopConfiguration(), directory), directory);
  }
}

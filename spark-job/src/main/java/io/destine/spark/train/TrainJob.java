package io.destine.spark.train;

import io.destine.artifact.Manifest;
import io.destine.artifact.ModelWriter;
import io.destine.config.TrainConfig;
import io.destine.feature.FieldLayout;
import io.destine.metric.DetailedReport;
import io.destine.model.Destine;
import io.destine.model.NetworkKernels;
import io.destine.optim.Optimizer;
import io.destine.param.NamedState;
import io.destine.param.Parameters;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.UserError;
import io.destine.spark.encode.DataSetEncoder;
import io.destine.spark.encode.DataSetManifest;
import io.destine.spark.encode.EncodedDataSet;
import io.destine.spark.encode.FieldCounts;
import io.destine.spark.encode.Split;
import io.destine.spark.encode.StoredVocabulary;
import io.destine.spark.replica.SeededBase;
import io.destine.spark.store.AtomicPublication;
import io.destine.spark.store.Fence;
import io.destine.spark.store.OutputLock;
import io.destine.spark.store.Storage;
import io.destine.train.TrainingListener;
import io.destine.train.TrainingState;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * From a configuration to a published model: encode, train, keep the best epoch, evaluate it on the
 * test rows, publish. A failure at any point leaves a model published before as it was.
 */
public final class TrainJob {
  private final SparkSession spark;
  private final JavaSparkContext context;
  private final JobConfig config;
  private final String program;
  private final Consumer<String> log;
  private final Optional<Retraining> retraining;
  private final Optional<Fence> fence;
  private final boolean overwrite;

  /**
   * A job.
   *
   * @param program name and version, for the manifest
   * @param log takes lines for people
   */
  public TrainJob(SparkSession spark, JobConfig config, String program, Consumer<String> log) {
    this(spark, config, program, log, Optional.empty(), Optional.empty(), false);
  }

  private TrainJob(
      SparkSession spark,
      JobConfig config,
      String program,
      Consumer<String> log,
      Optional<Retraining> retraining,
      Optional<Fence> fence,
      boolean overwrite) {
    this.retraining = retraining;
    this.fence = fence;
    this.overwrite = overwrite;
    this.spark = spark;
    this.config = config;
    this.program = program;
    this.log = log;
    context = JavaSparkContext.fromSparkContext(spark.sparkContext());
  }

  /** The same job on the rows of a new day, going on from a published model if there is one. */
  public TrainJob on(Retraining day) {
    return new TrainJob(spark, config, program, log, Optional.of(day), fence, overwrite);
  }

  /** The same job by a run that has checked all outputs and holds a lock on them. */
  public TrainJob under(Fence lock) {
    return new TrainJob(spark, config, program, log, retraining, Optional.of(lock), overwrite);
  }

  /** The same job, which also replaces a model of other fields. */
  public TrainJob overwriting() {
    return new TrainJob(spark, config, program, log, retraining, fence, true);
  }

  /** Runs the job from its start; see below. */
  public TrainResult run(TrainingListener progress) {
    return run(false, progress);
  }

  /**
   * Runs the job.
   *
   * @param resume goes on from the last checkpoint of an interrupted training, if there is one
   * @throws UserError when the configuration or the data do not allow it
   * @throws io.destine.spark.store.LockedException when another run writes the model or the data
   * @throws io.destine.train.TrainingException when training cannot go on
   */
  public TrainResult run(boolean resume, TrainingListener progress) {
    if (fence.isPresent()) {
      return run(fence.get(), () -> OutputLock.of(fence.get()), resume, progress);
    }
    Outputs.checkTraining(context.hadoopConfiguration(), config);
    try (OutputLock.Held held =
        Outputs.lock(spark, config, config.output().model(), log).acquire()) {
      if (!overwrite) {
        ReplacedModel.requireSameFields(spark, config);
      }
      OutputLock data = Outputs.lock(spark, config, config.output().data(), log);
      return run(held, data::acquire, resume, progress);
    }
  }

  private TrainResult run(
      Fence fence, Supplier<OutputLock.Held> dataLock, boolean resume, TrainingListener progress) {
    TrainingReport report = new TrainingReport(config, program, context.version());
    long start = System.nanoTime();
    EncodedDataSet data =
        new DataSetEncoder(dataLock)
            .encode(
                spark, config, config.output().data(), retraining.flatMap(Retraining::vocabulary));
    double encodeSeconds = (System.nanoTime() - start) / 1e9;
    DataSetManifest manifest = data.manifest();
    report.stage("encode");
    report.data(manifest);
    describe(manifest);
    requireBothClasses(manifest);
    Map<Split, RowBlocks> cached = new EnumMap<>(Split.class);
    for (Split split : Split.values()) {
      cached.put(
          split,
          new RowBlocks(
              context,
              data.blocks(split),
              config.train().blocksPerStep(),
              config.compute().rowsMemory()));
    }
    try {
      WeightedLabels.require(config, cached);
      return train(fence, data, cached, resume, progress, encodeSeconds, report);
    } finally {
      cached.values().forEach(RowBlocks::close);
    }
  }

  private void describe(DataSetManifest manifest) {
    log.accept(
        String.format(
            Locale.ROOT,
            "data: %,d training, %,d validation, %,d test rows; %d fields, vocabulary of %,d ids%s",
            manifest.rows(Split.TRAIN),
            manifest.rows(Split.VALIDATION),
            manifest.rows(Split.TEST),
            manifest.fields().size(),
            manifest.vocabularySize(),
            manifest.quarantined() == 0
                ? ""
                : String.format(
                    Locale.ROOT,
                    "; %,d rows in %s/quarantine",
                    manifest.quarantined(),
                    config.output().data())));
    manifest.warnings().forEach(warning -> log.accept("warning: " + warning));
  }

  private void requireBothClasses(DataSetManifest manifest) {
    List<String> problems = new ArrayList<>();
    for (Split split : List.of(Split.TRAIN, Split.VALIDATION)) {
      long positives = manifest.positives(split);
      if (positives == 0 || positives == manifest.rows(split)) {
        problems.add(
            split.key()
                + " rows: column "
                + config.label()
                + " must have both labels, got only "
                + (positives == 0 ? 0 : 1)
                + " in "
                + manifest.rows(split)
                + " rows");
      }
    }
    if (!problems.isEmpty()) {
      throw new UserError(problems);
    }
  }

  /** Kernels that can run here, of a network that can be. */
  private NetworkKernels kernels(FieldLayout fields) {
    try {
      return new NetworkKernels(new Destine(config.model(), fields), config.compute().kernel())
          .resolved();
    } catch (IllegalArgumentException e) {
      throw new UserError(e.getMessage());
    }
  }

  private TrainResult train(
      Fence fence,
      EncodedDataSet data,
      Map<Split, RowBlocks> cached,
      boolean resume,
      TrainingListener progress,
      double encodeSeconds,
      TrainingReport report) {
    DataSetManifest manifest = data.manifest();
    TrainConfig train = config.train();
    NetworkKernels kernels = kernels(manifest.fields());
    Destine network = kernels.network();
    String kernel = kernels.choice().key();
    int rows = manifest.vocabularySize();
    Beginning beginning =
        Beginning.of(
            context.hadoopConfiguration(),
            retraining,
            network,
            train,
            rows,
            cached.get(Split.TRAIN).rdd(),
            log);
    Parameters parameters = beginning.parameters();
    Optimizer optimizer = beginning.optimizer();
    log.accept(
        String.format(
            Locale.ROOT,
            "model: %,d parameters, of which %,d dense; kernel %s; %d tasks a step",
            network.layout().parameterCount(rows),
            network.layout().denseSize(),
            kernel,
            cached.get(Split.TRAIN).tasks()));
    LearningCurve curve = new LearningCurve(progress);
    CheckpointStore checkpoints =
        checkpoints(
            fence,
            network,
            parameters,
            optimizer,
            curve,
            manifest.fingerprint() + beginning.suffix(),
            kernel);
    TrainingState start = start(checkpoints, resume);
    long parameterCount = network.layout().parameterCount(rows);
    report.network(kernel, parameterCount, train.metric().key());
    try (SynchronousTrainer trainer =
        new SynchronousTrainer(
            context, train, kernels, parameters, new SeededBase(network, rows, train.seed()))) {
      if (start.epoch() > 0 || start.step() > 0 || beginning.continued()) {
        trainer.replaced();
      }
      TrainingState end =
          trainer.train(
              cached.get(Split.TRAIN),
              cached.get(Split.VALIDATION),
              optimizer,
              start,
              checkpoints,
              curve);
      StepTime stepTime = trainer.stepTime();
      NamedState state = beginning.saved(checkpoints.restoreBest());
      trainer.replaced();
      report.training(curve, end.epoch(), stepTime);
      report.stage("train");
      Map<Split, DetailedReport> measured = new EnumMap<>(Split.class);
      for (Split split : List.of(Split.VALIDATION, Split.TEST)) {
        measured.put(split, trainer.evaluateInDetail(cached.get(split).rdd()));
        report.measured(split, measured.get(split));
        warnOfGuessing(split, measured.get(split));
      }
      report.stage("evaluate");
      countFields(data, cached, report);
      report.stage("count fields");
      Manifest.Builder description =
          Manifest.describe(network)
              .createdBy(program)
              .train(train)
              .job(JobJson.map(config))
              .kernel(kernel)
              .metrics(JobJson.metrics(measured, curve, end.epoch(), stepTime))
              .lineage(beginning.lineage())
              .dataFingerprint(manifest.fingerprint())
              .vocabularyFingerprint(manifest.vocabularyFingerprint());
      publish(fence, description, parameters, state, data, report);
      checkpoints.clear();
      return new TrainResult(
          measured.get(Split.TEST).report(),
          measured.get(Split.VALIDATION).report(),
          config.output().model(),
          kernel,
          manifest.rows(Split.TRAIN),
          end.epoch(),
          curve.epochs(),
          stepTime,
          parameterCount,
          rows,
          manifest.quarantined(),
          encodeSeconds,
          measured.get(Split.TEST).figures());
    }
  }

  private void warnOfGuessing(Split split, DetailedReport measured) {
    if (measured.worseThanGuessing()) {
      log.accept(
          String.format(
              Locale.ROOT,
              "warning: on the %s rows the model is worse than guessing: always predicting the"
                  + " share of positives, %.4f, has a lower log loss (normalized entropy %.4f,"
                  + " above 1)",
              split.key(),
              measured.report().baseRate().getAsDouble(),
              measured.report().normalizedEntropy().getAsDouble()));
    }
  }

  private void countFields(
      EncodedDataSet data, Map<Split, RowBlocks> cached, TrainingReport report) {
    StoredVocabulary vocabulary =
        StoredVocabulary.open(context.hadoopConfiguration(), data.vocabularyDirectory());
    Map<Split, FieldCounts> counts = new EnumMap<>(Split.class);
    for (Split split : Split.values()) {
      counts.put(
          split, FieldCounts.of(cached.get(split).rdd(), data.manifest().fields(), vocabulary));
    }
    report.fields(vocabulary, counts);
  }

  private CheckpointStore checkpoints(
      Fence fence,
      Destine network,
      Parameters parameters,
      Optimizer optimizer,
      LearningCurve curve,
      String dataFingerprint,
      String kernel) {
    Path directory = new Path(config.output().checkpoints());
    return new CheckpointStore(
        fileSystem(directory),
        directory,
        fence,
        config.checkpoint(),
        RunIdentity.of(config, dataFingerprint, kernel),
        config.train().metric().worst(),
        network,
        parameters,
        optimizer,
        curve,
        log);
  }

  private TrainingState start(CheckpointStore checkpoints, boolean resume) {
    if (resume) {
      // A night has nobody who could be told to leave checkpoints of other settings alone.
      Optional<TrainingState> left =
          retraining.isPresent() ? checkpoints.resumeOrDiscard() : checkpoints.resume();
      if (left.isPresent()) {
        return left.get();
      }
      if (retraining.isEmpty()) {
        log.accept("no checkpoint in " + config.output().checkpoints() + ": starting anew");
      }
    } else if (checkpoints.any()) {
      log.accept(
          "warning: an interrupted training left checkpoints in "
              + config.output().checkpoints()
              + "; starting anew replaces them (--resume would go on)");
    }
    return TrainingState.start(config.train());
  }

  private void publish(
      Fence fence,
      Manifest.Builder description,
      Parameters parameters,
      NamedState state,
      EncodedDataSet data,
      TrainingReport report) {
    Path target = new Path(config.output().model());
    FileSystem fileSystem = fileSystem(target);
    Path from = new Path(data.vocabularyDirectory());
    new AtomicPublication(fileSystem, target, fence)
        .publish(
            fresh -> {
              Storage.copy(
                  context.hadoopConfiguration(), from, new Path(fresh.root(), "vocabulary"));
              data.requireUnchanged();
              report.write(fresh);
              new ModelWriter(fresh).write(description, parameters, state);
            });
  }

  private FileSystem fileSystem(Path path) {
    return Storage.of(context.hadoopConfiguration(), path);
  }
}

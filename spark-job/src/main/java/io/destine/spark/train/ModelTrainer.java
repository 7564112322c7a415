package io.destine.spark.train;

import io.destine.artifact.Manifest;
import io.destine.artifact.ModelReader;
import io.destine.calibration.Calibration;
import io.destine.config.CalibrationMethod;
import io.destine.config.TrainConfig;
import io.destine.feature.FeatureEncoder;
import io.destine.feature.FieldLayout;
import io.destine.kernel.Forward;
import io.destine.metric.DetailedReport;
import io.destine.model.Destine;
import io.destine.model.NetworkKernels;
import io.destine.param.Parameters;
import io.destine.predict.VerificationRows;
import io.destine.spark.conf.OutputConfig;
import io.destine.spark.conf.TrainingConfig;
import io.destine.spark.conf.UserError;
import io.destine.spark.encode.DataSetManifest;
import io.destine.spark.encode.EncodedDataSet;
import io.destine.spark.encode.FieldCounts;
import io.destine.spark.encode.InitialModel;
import io.destine.spark.encode.Split;
import io.destine.spark.encode.StoredVocabulary;
import io.destine.spark.parameters.ModelBase;
import io.destine.spark.store.ModelPublication;
import io.destine.spark.store.Storage;
import io.destine.spark.tracking.TrackedRun;
import io.destine.train.TrainingListener;
import io.destine.train.TrainingState;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * Trains a model on encoded rows and writes its directory. The best epoch by the validation metric
 * is kept and evaluated on the validation and the test rows. Checkpoints are kept next to the
 * directory until the model is written; a failure before it is put in place leaves an existing
 * model unchanged. The same encoded rows, settings and kernel give an identical result on any
 * cluster.
 */
public final class ModelTrainer {
  /**
   * Maximum number of changes of owners without a checkpoint in between; then the training fails.
   */
  private static final int MOST_CHANGES = 10;

  private static final String NO_KEY =
      "warning: model.key-dropout has no effect: no field of the log is the key of a side table";

  private final JavaSparkContext context;
  private final TrainingConfig config;
  private final TrainingRun run;

  /** A trainer that reports its progress only to the listener. */
  public ModelTrainer(SparkSession spark, TrainingConfig config) {
    this(spark, config, TrainingRun.of(config));
  }

  ModelTrainer(SparkSession spark, TrainingConfig config, TrainingRun run) {
    this(JavaSparkContext.fromSparkContext(spark.sparkContext()), config, run);
  }

  private ModelTrainer(JavaSparkContext context, TrainingConfig config, TrainingRun run) {
    this.context = context;
    this.config = config;
    this.run = run;
  }

  /** The same trainer, with experiment tracking. */
  public ModelTrainer tracked(TrackedRun shown) {
    return new ModelTrainer(context, config, run.tracked(shown));
  }

  /**
   * Trains a model.
   *
   * @param directory of the model; an existing model is replaced
   * @param resume resumes from the last checkpoint of an interrupted run into this directory, if
   *     there is one
   * @throws UserError if the rows cannot be trained on or the network does not fit them
   * @throws io.destine.train.TrainingException if training cannot continue
   */
  public TrainResult train(
      EncodedDataSet data, String directory, boolean resume, TrainingListener listener) {
    TrainingReport report =
        new TrainingReport(directory, run.settings(), run.program(), context.version());
    return train(data, directory, resume, listener, report);
  }

  TrainResult train(
      EncodedDataSet data,
      String directory,
      boolean resume,
      TrainingListener listener,
      TrainingReport report) {
    DataSetManifest manifest = data.manifest();
    report.data(manifest);
    describe(data);
    BothLabels.require(run.label(), manifest);
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
      if (run.weighted()) {
        BothLabels.requireWeighted(run.weight(), cached);
      }
      return train(data, cached, directory, resume, listener, report);
    } finally {
      cached.values().forEach(RowBlocks::close);
    }
  }

  private void describe(EncodedDataSet data) {
    DataSetManifest manifest = data.manifest();
    manifest.snapshot().ifPresent(s -> run.log().accept("source: " + s.words()));
    run.log()
        .accept(
            String.format(
                Locale.ROOT,
                "data: %,d training, %,d validation, %,d test rows; %d fields, vocabulary of %,d"
                    + " ids%s",
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
                        data.directory())));
    manifest.sampled().ifPresent(run.log());
    manifest.columns().forEach(column -> run.log().accept(column.line()));
    manifest.found().lines().forEach(run.log());
    manifest.tables().forEach(run.log());
    manifest.warnings().forEach(warning -> run.log().accept("warning: " + warning));
    long[] rows = Arrays.stream(data.blocks(Split.TRAIN).rows()).asLongStream().toArray();
    GroupMemory.of(manifest.stored(), rows, config.train().blocksPerStep(), heap())
        .warning()
        .ifPresent(run.log());
  }

  /** Bytes of the heaps of the current executors. */
  private long heap() {
    if (context.isLocal()) {
      return Runtime.getRuntime().maxMemory();
    }
    int executors = Math.max(1, context.sc().statusTracker().getExecutorInfos().length - 1);
    return executors * context.getConf().getSizeAsBytes("spark.executor.memory", "1g");
  }

  /** The kernels for this machine; checks that the network can be built. */
  private NetworkKernels kernels(FieldLayout fields) {
    try {
      return new NetworkKernels(new Destine(config.model(), fields), config.compute().kernel())
          .resolved();
    } catch (IllegalArgumentException e) {
      throw new UserError(e.getMessage());
    }
  }

  private TrainResult train(
      EncodedDataSet data,
      Map<Split, RowBlocks> cached,
      String directory,
      boolean resume,
      TrainingListener listener,
      TrainingReport report) {
    DataSetManifest manifest = data.manifest();
    NetworkKernels kernels = kernels(manifest.fields());
    Destine network = kernels.network();
    String kernel = kernels.choice().key();
    int rows = manifest.vocabularySize();
    config.initModel().ifPresent(start -> requireIdsOf(start, manifest));
    Beginning beginning =
        Beginning.of(
            context.hadoopConfiguration(),
            run.retraining(),
            config.initModel(),
            network,
            config.train(),
            manifest,
            data.sideTables()
                .map(tables -> tables.joinedIds(cached.get(Split.TRAIN).rdd()))
                .orElseGet(cached.get(Split.TRAIN)::rdd),
            run.log());
    TrainConfig train = beginning.train();
    boolean owned = owned(data, directory);
    run.log()
        .accept(
            String.format(
                Locale.ROOT,
                "model: %,d parameters (%,d dense); kernel %s; %d tasks per step%s",
                network.layout().parameterCount(rows),
                network.layout().denseSize(),
                kernel,
                cached.get(Split.TRAIN).tasks(),
                owned ? "; executors own the table rows" : ""));
    LearningCurve curve = new LearningCurve(listener, run.tracked());
    HeldModel held = owned ? null : beginning.held(network, rows);
    Parameters parameters = owned ? network.initialParameters(0, train.seed()) : held.parameters();
    try (SynchronousTrainer trainer =
        new SynchronousTrainer(context, train, kernels, parameters, context.isLocal() && !owned)) {
      double dropped = config.model().keyDropout();
      boolean drops = data.sideTables().map(tables -> trainer.join(tables, dropped)).orElse(false);
      if (dropped > 0 && !drops) {
        run.log().accept(NO_KEY);
      }
      TrainedModel model =
          owned
              ? new OwnedModel(
                  trainer, parameters, network, rows, cached.get(Split.TRAIN), beginning)
              : held;
      Task task =
          new Task(data, cached, directory, report, beginning, kernels, trainer, model, curve);
      try (CheckpointStore checkpoints =
          checkpoints(
              directory,
              new CheckpointStore.Kept(network, model, curve),
              manifest.fingerprint() + beginning.suffix(),
              kernel)) {
        return withOwners(task, checkpoints, resume);
      }
    }
  }

  /** Rejects rows that are not encoded with the ids of the initial model plus new ids. */
  private void requireIdsOf(String start, DataSetManifest rows) {
    StoredVocabulary ids = InitialModel.ids(context.hadoopConfiguration(), start);
    if (!rows.grownFrom().equals(Optional.of(ids.sha256()))) {
      throw new UserError(
          TrainingConfig.INIT_MODEL
              + ": the rows are not encoded with the ids of "
              + start
              + "; encode them with its vocabulary");
    }
  }

  /** The state of a training run until it ends. */
  private record Task(
      EncodedDataSet data,
      Map<Split, RowBlocks> cached,
      String directory,
      TrainingReport report,
      Beginning beginning,
      NetworkKernels kernels,
      SynchronousTrainer trainer,
      TrainedModel model,
      LearningCurve curve) {}

  /**
   * True if executors own the tables and write them. Unless the configuration requires it, they do
   * so only if they reach the model directory. A local path may be on a different disk for each
   * machine; it counts as reached if it is absolute and the rows were written to a local path, too.
   */
  private boolean owned(EncodedDataSet data, String directory) {
    boolean reached =
        !isLocal(directory) || isLocal(data.directory()) && new Path(directory).isAbsolute();
    return config.compute().owners().executors(reached && RowBlocks.keepsExecutors(context));
  }

  private boolean isLocal(String directory) {
    return fileSystem(new Path(directory)).getUri().getScheme().equals("file");
  }

  /**
   * Trains and survives the loss of an executor that owns table rows: the remaining executors
   * become owners, and training resumes from the last checkpoint.
   */
  private TrainResult withOwners(Task task, CheckpointStore checkpoints, boolean resume) {
    int changes = 0;
    long stepsAtChange = -1;
    boolean started = false;
    while (true) {
      try {
        if (started && checkpoints.hasOwn()) {
          task.model().beginToRestore();
        } else {
          task.model().begin();
        }
        TrainingState from = started ? again(checkpoints, task) : start(checkpoints, task, resume);
        started = true;
        return train(task, checkpoints, from);
      } catch (Exception e) {
        // Spark also throws checked exceptions.
        Optional<String> change = task.trainer().change(e);
        long steps = checkpoints.lastSteps();
        changes = steps > stepsAtChange ? 1 : changes + 1;
        stepsAtChange = steps;
        if (change.isEmpty() || changes > MOST_CHANGES) {
          throw e;
        }
        run.log()
            .accept(
                change.get()
                    + (started
                        ? String.format(
                            Locale.ROOT,
                            ": training resumes from step %,d and repeats %,d steps",
                            steps,
                            checkpoints.stepsSinceLast())
                        : ": owners of tables are chosen again"));
      }
    }
  }

  /** The state at which a training run with changed owners resumes. */
  private TrainingState again(CheckpointStore checkpoints, Task task) {
    return checkpoints
        .resumeOwn()
        .orElseGet(
            () -> {
              task.curve().restore(List.of());
              return TrainingState.start(config.train());
            });
  }

  private TrainResult train(Task task, CheckpointStore checkpoints, TrainingState start) {
    SynchronousTrainer trainer = task.trainer();
    TrainedModel model = task.model();
    LearningCurve curve = task.curve();
    TrainingReport report = task.report();
    Beginning beginning = task.beginning();
    Map<Split, RowBlocks> cached = task.cached();
    DataSetManifest manifest = task.data().manifest();
    Destine network = task.kernels().network();
    String kernel = task.kernels().choice().key();
    TrainConfig train = beginning.train();
    int rows = manifest.vocabularySize();
    long parameterCount = network.layout().parameterCount(rows);
    double shift = manifest.sampling().logitShift();
    trainer.calibrate(Calibration.shift(shift));
    report.network(kernel, parameterCount, train.metric().key());
    boolean resumed = start.epoch() > 0 || start.step() > 0;
    if (resumed || beginning.continued()) {
      trainer.replaced();
    }
    run.tracked().begin(report.json(), manifest.fingerprint(), resumed, curve.epochs());
    TrainingState end =
        trainer.train(
            cached.get(Split.TRAIN),
            cached.get(Split.VALIDATION),
            model.optimizer(),
            start,
            checkpoints,
            curve);
    StepTime stepTime = trainer.stepTime();
    checkpoints.restoreBest(end.averaged());
    trainer.replaced();
    report.training(curve, end.epoch(), stepTime);
    if (!beginning.continued()) {
      warnOfOverfitting(curve, train, manifest.rows(Split.TRAIN), report);
    }
    report.stage("train");
    Optional<CalibratedTraining> calibrated =
        calibrated(trainer, shift, cached.get(Split.VALIDATION), report);
    Calibration calibration =
        calibrated.map(CalibratedTraining::calibration).orElse(Calibration.shift(shift));
    Map<Split, DetailedReport> measured = new EnumMap<>(Split.class);
    for (Split split : List.of(Split.VALIDATION, Split.TEST)) {
      measured.put(split, trainer.evaluateInDetail(cached.get(split).rdd()));
      report.measured(split, measured.get(split));
    }
    report.stage("evaluate");
    StoredVocabulary vocabulary =
        StoredVocabulary.open(context.hadoopConfiguration(), task.data().vocabularyDirectory());
    countFields(vocabulary, task.data(), cached, report);
    report.stage("count fields");
    Manifest.Builder description =
        Manifest.describe(network)
            .createdBy(run.program())
            .calibration(calibration)
            .train(train)
            .job(run.job())
            .kernel(kernel)
            .metrics(JobJson.metrics(measured, curve, end.epoch(), stepTime, calibrated))
            .lineage(beginning.lineage())
            .dataFingerprint(manifest.fingerprint())
            .vocabularyFingerprint(manifest.vocabularyFingerprint());
    Forward forward =
        new RequestingForward(task.kernels().forward().calibrated(calibration), trainer.source());
    publish(
        task,
        description,
        encoder -> VerificationRows.of(encoder, forward, model.parameters()).toJson());
    checkpoints.clear();
    run.tracked().trained(report.json(), () -> published(task.directory()));
    return new TrainResult(
        measured.get(Split.TEST).report(),
        measured.get(Split.VALIDATION).report(),
        task.directory(),
        kernel,
        manifest.rows(Split.TRAIN),
        end.epoch(),
        curve.epochs(),
        stepTime,
        parameterCount,
        rows,
        manifest.quarantined(),
        0,
        measured.get(Split.TEST).figures());
  }

  /** The SHA-256 of the published model's manifest. */
  private String published(String directory) {
    return ModelBase.open(context.hadoopConfiguration(), directory)
        .read(ModelReader::manifestSha256);
  }

  private Optional<CalibratedTraining> calibrated(
      SynchronousTrainer trainer, double shift, RowBlocks validation, TrainingReport report) {
    CalibrationMethod method = config.train().calibration();
    if (method == CalibrationMethod.NONE) {
      return Optional.empty();
    }
    CalibratedTraining fit = CalibratedTraining.of(trainer, method, shift, validation.rdd());
    run.log().accept(fit.line());
    report.calibration(fit);
    report.stage("calibrate");
    return Optional.of(fit);
  }

  private void warnOfOverfitting(
      LearningCurve curve, TrainConfig train, long rows, TrainingReport report) {
    for (String line : Overfitting.warnings(curve.epochs(), train, rows)) {
      run.log().accept("warning: " + line);
      report.warn(line);
    }
  }

  private static void countFields(
      StoredVocabulary vocabulary,
      EncodedDataSet data,
      Map<Split, RowBlocks> cached,
      TrainingReport report) {
    Map<Split, FieldCounts> counts = new EnumMap<>(Split.class);
    for (Split split : Split.values()) {
      counts.put(split, FieldCounts.of(cached.get(split).rdd(), vocabulary));
    }
    report.fields(vocabulary, counts);
  }

  private CheckpointStore checkpoints(
      String model, CheckpointStore.Kept kept, String dataFingerprint, String kernel) {
    Path directory = new Path(checkpointsOf(model));
    return new CheckpointStore(
        new CheckpointStore.Place(fileSystem(directory), directory, run.fence()),
        config.checkpoint(),
        RunIdentity.of(run.settings(), dataFingerprint, kernel),
        config.train().metric().worst(),
        kept,
        run.log(),
        run.gate());
  }

  private TrainingState start(CheckpointStore checkpoints, Task task, boolean resume) {
    String model = task.directory();
    if (resume) {
      // A nightly run has no user to decide about checkpoints of other settings.
      Optional<TrainingState> left =
          run.retraining().isPresent() ? checkpoints.resumeOrDiscard() : checkpoints.resume();
      if (left.isPresent()) {
        return left.get();
      }
      if (run.retraining().isEmpty()) {
        run.log()
            .accept("no checkpoint in " + checkpointsOf(model) + ": starting from the beginning");
      }
    } else if (checkpoints.any()) {
      run.log()
          .accept(
              "warning: an interrupted run left checkpoints in "
                  + checkpointsOf(model)
                  + "; this training replaces them (--resume would continue it)");
    }
    return TrainingState.start(config.train());
  }

  private void publish(
      Task task, Manifest.Builder description, Function<FeatureEncoder, String> verification) {
    EncodedDataSet data = task.data();
    Path target = new Path(task.directory());
    FileSystem fileSystem = fileSystem(target);
    Path from = new Path(data.vocabularyDirectory());
    // A nightly model gets a new directory; the directory of a training run may contain the
    // previous model.
    (run.retraining().isPresent()
            ? ModelPublication.once(fileSystem, target, run.fence())
            : ModelPublication.replacing(fileSystem, target, run.fence()))
        .publish(
            fresh -> {
              Storage.copy(
                  context.hadoopConfiguration(), from, new Path(fresh.root(), "vocabulary"));
              data.requireUnchanged();
              task.report().write(fresh);
              Configuration hadoop = context.hadoopConfiguration();
              StoredVocabulary vocabulary =
                  StoredVocabulary.open(hadoop, data.vocabularyDirectory());
              String rows = ReadBack.write(fresh, vocabulary, verification);
              task.model().write(fresh, description);
              String sha256 = data.manifest().vocabularySha256();
              ReadBack.require(hadoop, fresh, sha256, rows, verification);
            });
  }

  private FileSystem fileSystem(Path path) {
    return Storage.of(context.hadoopConfiguration(), path);
  }

  /** The checkpoint directory of a model's training, next to the model. */
  private static String checkpointsOf(String model) {
    // Normalised twice: the first pass turns a trailing "." into a trailing '/'.
    return new Path(new Path(model).toString()) + OutputConfig.CHECKPOINTS;
  }
}

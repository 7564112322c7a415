package io.destine.spark.train;

import io.destine.calibration.Calibration;
import io.destine.config.TrainConfig;
import io.destine.feature.EncodedBatch;
import io.destine.kernel.KernelFactory;
import io.destine.metric.DetailedReport;
import io.destine.metric.EvaluationReport;
import io.destine.metric.LogitHistogram;
import io.destine.optim.Optimizer;
import io.destine.param.Parameters;
import io.destine.spark.conf.UserError;
import io.destine.spark.encode.StoredVocabulary;
import io.destine.spark.evaluate.Evaluation;
import io.destine.spark.evaluate.ScoreTask;
import io.destine.spark.evaluate.ScoredRows;
import io.destine.spark.parameters.OwnedOptimizer;
import io.destine.spark.parameters.ParameterService;
import io.destine.spark.parameters.ParameterSource;
import io.destine.spark.parameters.TableOwners;
import io.destine.spark.source.JobDescription;
import io.destine.spark.source.RowProgress;
import io.destine.spark.store.LockedException;
import io.destine.train.Checkpoints;
import io.destine.train.GradientScale;
import io.destine.train.TrainingException;
import io.destine.train.TrainingListener;
import io.destine.train.TrainingLoop;
import io.destine.train.TrainingState;
import io.destine.train.Validation;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * Trains parameters on a cluster by data-parallel synchronous gradient descent, and evaluates them
 * there. Tables and their optimiser are in the driver or in {@link #own executors}. One thread.
 * Closing it frees the memory in executors.
 */
public final class SynchronousTrainer implements AutoCloseable {
  private static final String EVALUATING = "evaluating rows";

  /** Executors often join several at a time; wait for the others. */
  private static final long JOINING_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final JavaSparkContext context;
  private final TrainConfig config;
  private final KernelFactory kernels;
  private final Parameters parameters;
  private final String run = UUID.randomUUID().toString();
  private final ParameterService service;

  /** Null when the driver owns the tables. */
  private TableOwners owners;

  /** Number of times that executors have become owners. */
  private int generation;

  private final StepClock clock = new StepClock();
  private final Evaluation evaluation = new Evaluation();
  private Calibration calibration = Calibration.IDENTITY;

  /** Vocabulary with the side tables of the rows, or null for none. */
  private StoredVocabulary tables;

  private KeyDropout keyDropout;

  /**
   * A trainer of the given parameters.
   *
   * @param parameters float32, changed in place
   */
  public SynchronousTrainer(
      JavaSparkContext context, TrainConfig config, KernelFactory kernels, Parameters parameters) {
    this(context, config, kernels, parameters, context.isLocal());
  }

  /** If {@code local} is false, tasks request parameters even in local mode. */
  SynchronousTrainer(
      JavaSparkContext context,
      TrainConfig config,
      KernelFactory kernels,
      Parameters parameters,
      boolean local) {
    this.context = context;
    this.config = config;
    this.kernels = kernels;
    this.parameters = parameters;
    service = new ParameterService(context, run, parameters, local);
  }

  /**
   * Makes executors own the tables, with initial values; they replace current owners.
   *
   * @param places the training rows; their executors become owners
   * @param ids V, rows of the tables
   * @param dense optimiser of the trainer's parameters, which have no rows
   * @return the optimiser of all parameters
   */
  public Optimizer own(RowBlocks places, int ids, Optimizer dense) {
    endOwners();
    generation++;
    // The tag finds the jobs of this thread and of the threads that it starts.
    context.sc().addJobTag(run);
    TableOwners.Tables tables =
        new TableOwners.Tables(run, parameters.layout(), config.optimizer(), ids, config.seed());
    owners =
        TableOwners.start(
            context,
            () -> places.follow().toJavaRDD(),
            places::executors,
            tables,
            generation,
            () -> context.sc().cancelJobsWithTag(run));
    owners.own(service.version());
    service.own(owners);
    return new OwnedOptimizer(dense, owners, config.optimizer());
  }

  private void endOwners() {
    if (owners != null) {
      owners.close();
      owners = null;
    }
  }

  /** The executors that own the tables; null when the driver does. */
  TableOwners owners() {
    return owners;
  }

  /**
   * The reason why owners have to change after a failure; empty if the failure has another cause.
   */
  Optional<String> change(Throwable failure) {
    if (failure instanceof OwnersJoin join) {
      return Optional.of(join.getMessage());
    }
    boolean own =
        failure instanceof TrainingException
            || failure instanceof UserError
            || failure instanceof LockedException;
    return owners == null || own
        ? Optional.empty()
        : owners.lost(true).map(id -> "executor " + id + ", which owned table rows, was lost");
  }

  /**
   * Thrown after a checkpoint, so that training resumes from it with the joined executors as
   * owners.
   */
  private static final class OwnersJoin extends RuntimeException {
    private static final long serialVersionUID = 1;

    OwnersJoin(String message) {
      super(message);
    }
  }

  /**
   * From now on, rows are joined with side tables.
   *
   * @param dropped share of a step's rows without the ids of their keys
   * @return whether keys are dropped; false if no field is a key
   */
  boolean join(StoredVocabulary sideTables, double dropped) {
    tables = sideTables;
    keyDropout = KeyDropout.of(dropped, config.seed(), sideTables);
    return keyDropout != null;
  }

  /**
   * From now on, rows are evaluated with calibrated logits; gradients still use the network's
   * logits.
   */
  void calibrate(Calibration other) {
    calibration = other;
  }

  /** Trains from the first step, without checkpoints; see below. */
  public TrainingState train(
      RowBlocks training, RowBlocks validation, Optimizer optimizer, TrainingListener listener) {
    TrainingState start = TrainingState.start(config);
    return train(training, validation, optimizer, start, Checkpoints.NONE, listener);
  }

  /**
   * Trains.
   *
   * @param training the training rows
   * @param validation the rows that determine the learning rate and when training ends
   * @param from the state to start from, which the trainer's parameters and the optimiser already
   *     have
   * @param checkpoints saves states for resuming
   * @return the state at the end of the training
   * @throws TrainingException if training cannot continue
   */
  public TrainingState train(
      RowBlocks training,
      RowBlocks validation,
      Optimizer optimizer,
      TrainingState from,
      Checkpoints checkpoints,
      TrainingListener listener) {
    RowSummary summary = training.summary();
    GradientScale scale = GradientScale.of(config.batchSize(), summary.weights());
    Broadcast<RunContext> shared =
        context.broadcast(
            new RunContext(
                run, config.seed(), scale, parameters.layout(), kernels, tables, keyDropout));
    service.beforeReading(optimizer::catchUp);
    try (SparkGradientSource source =
        new SparkGradientSource(context.sc(), training, shared, service, clock)) {
      return new TrainingLoop(
              config,
              training.rows(),
              source,
              optimizer,
              () -> validate(validation),
              apart(checkpoints, source, training),
              listener)
          .run(from);
    } finally {
      shared.destroy();
    }
  }

  /**
   * The same checkpoints, with their time excluded from the step time. An additional checkpoint is
   * written when newly joined executors are to own part of the tables.
   */
  private Checkpoints apart(
      Checkpoints checkpoints, SparkGradientSource source, RowBlocks training) {
    return new Checkpoints() {
      private long joined;

      @Override
      public boolean due(long steps) {
        return checkpoints.due(steps) || haveJoined();
      }

      private boolean haveJoined() {
        if (owners == null || !owners.joined(training.executors())) {
          joined = 0;
          return false;
        }
        long now = System.nanoTime();
        joined = joined == 0 ? now : joined;
        return now - joined > JOINING_NANOS;
      }

      @Override
      public void keep(TrainingState state, long steps, boolean best) {
        long start = System.nanoTime();
        if (owners != null) {
          // Tasks write the checkpoint, on the cores occupied by waiting tasks of the next step.
          source.letGo();
        }
        boolean change = haveJoined();
        checkpoints.keep(state, steps, best);
        clock.away(System.nanoTime() - start);
        if (change) {
          throw new OwnersJoin("executors have joined and own table rows from now on");
        }
      }
    };
  }

  /** Breakdown of the time of the training steps so far. */
  public StepTime stepTime() {
    return clock.time();
  }

  /** Evaluates the current parameters on the given rows. */
  public EvaluationReport evaluate(JavaRDD<EncodedBatch> rows) {
    return evaluated(() -> evaluation.evaluate(scored(rows)));
  }

  /** Evaluates the current parameters on the given rows, with intervals and curves. */
  DetailedReport evaluateInDetail(JavaRDD<EncodedBatch> rows) {
    return evaluated(() -> evaluation.detailed(scored(rows)));
  }

  private <T> T evaluated(Supplier<T> figures) {
    try {
      return JobDescription.during(context.sc(), EVALUATING, figures::get);
    } catch (IllegalArgumentException e) {
      throw new TrainingException(e.getMessage());
    }
  }

  /** Histogram of the rows' current logits. */
  LogitHistogram histogram(JavaRDD<EncodedBatch> rows) {
    return JobDescription.during(
        context.sc(), EVALUATING, () -> evaluation.histogram(scored(rows)));
  }

  /** The current parameters. */
  ParameterSource source() {
    return service.source();
  }

  private JavaRDD<ScoredRows> scored(JavaRDD<EncodedBatch> rows) {
    return rows.map(
        new ScoreTask(kernels, service.source(), calibration, tables, RowProgress.of(context.sc()))
            ::score);
  }

  /**
   * Notes that the parameters have been replaced as a whole, for example by those of an earlier
   * epoch.
   */
  public void replaced() {
    parameters.changed();
    service.moved();
  }

  private Validation validate(RowBlocks validation) {
    try {
      EvaluationReport report =
          JobDescription.during(
              context.sc(),
              EVALUATING,
              Arrays.stream(validation.rows()).asLongStream().sum(),
              () -> evaluation.evaluate(scored(validation.rdd())));
      boolean collapsed = report.constant() && InputVariety.of(inputs(validation.rdd())).several();
      return toValidation(report, collapsed);
    } catch (IllegalArgumentException e) {
      throw new TrainingException("validation: " + e.getMessage());
    }
  }

  private JavaRDD<EncodedBatch> inputs(JavaRDD<EncodedBatch> rows) {
    return tables == null ? rows : tables.joined(rows, ScoreTask.BLOCK_ROWS);
  }

  private static Validation toValidation(EvaluationReport report, boolean collapsed) {
    return new Validation(
        report.auc().orElse(Double.NaN),
        report.logLoss().orElse(Double.NaN),
        report.minPrediction().orElse(0),
        report.maxPrediction().orElse(1),
        collapsed);
  }

  @Override
  public void close() {
    context.sc().removeJobTag(run);
    service.close();
    endOwners();
  }
}

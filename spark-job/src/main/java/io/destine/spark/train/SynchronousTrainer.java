package io.destine.spark.train;

import io.destine.config.TrainConfig;
import io.destine.feature.EncodedBatch;
import io.destine.kernel.KernelFactory;
import io.destine.metric.EvaluationReport;
import io.destine.optim.Optimizer;
import io.destine.param.Parameters;
import io.destine.spark.evaluate.Evaluation;
import io.destine.spark.evaluate.ScoreTask;
import io.destine.spark.replica.ParameterBase;
import io.destine.spark.replica.ReplicaPublisher;
import io.destine.spark.replica.Worker;
import io.destine.train.GradientSum;
import io.destine.train.TrainingException;
import io.destine.train.TrainingListener;
import io.destine.train.TrainingLoop;
import io.destine.train.Validation;
import java.util.UUID;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Trains parameters on a cluster by data-parallel synchronous gradient descent, and evaluates them
 * there. Parameters and optimiser live in the driver. One thread. Closing it frees broadcasts and
 * what this JVM keeps; a replica on another executor stays until its JVM ends.
 */
public final class SynchronousTrainer implements AutoCloseable {
  private final TrainConfig config;
  private final KernelFactory kernels;
  private final Parameters parameters;
  private final String run = UUID.randomUUID().toString();
  private final ReplicaPublisher publisher;
  private final StepClock clock = new StepClock();
  private final Evaluation evaluation = new Evaluation();

  /**
   * A trainer of the given parameters.
   *
   * @param parameters float32, changed in place
   * @param base creates the same parameters on an executor
   */
  public SynchronousTrainer(
      JavaSparkContext context,
      TrainConfig config,
      KernelFactory kernels,
      Parameters parameters,
      ParameterBase base) {
    this(context, config, kernels, parameters, base, context.isLocal());
  }

  /** Ships parameters to tasks even in local mode when {@code local} is false. */
  SynchronousTrainer(
      JavaSparkContext context,
      TrainConfig config,
      KernelFactory kernels,
      Parameters parameters,
      ParameterBase base,
      boolean local) {
    this.config = config;
    this.kernels = kernels;
    this.parameters = parameters;
    publisher = new ReplicaPublisher(context, run, parameters, base, local);
  }

  /**
   * Trains.
   *
   * @param training one element per non-empty logical partition, persisted
   * @param rowsByPartition [P] training rows by logical partition
   * @param validation like {@code training}, of the rows that decide on the learning rate and the
   *     end
   * @param depth of the aggregation tree
   * @return the best value of the validation metric
   * @throws TrainingException when training cannot go on
   */
  public double train(
      JavaRDD<EncodedBatch> training,
      int[] rowsByPartition,
      JavaRDD<EncodedBatch> validation,
      Optimizer optimizer,
      int depth,
      TrainingListener listener) {
    double largestWeight = training.map(SynchronousTrainer::largestWeight).fold(0.0, Math::max);
    RunContext context =
        new RunContext(
            run, config.seed(), GradientSum.bitsFor(config.batchSize(), largestWeight), kernels);
    SparkGradientSource source =
        new SparkGradientSource(training, context, publisher, depth, clock);
    return new TrainingLoop(
            config, rowsByPartition, source, optimizer, () -> validate(validation), listener)
        .run();
  }

  /** Where the time of the training steps so far went. */
  public StepTime stepTime() {
    return clock.time();
  }

  /** Epochs begun so far. */
  public int epochs() {
    return clock.epochs();
  }

  private static double largestWeight(EncodedBatch partition) {
    double largest = 0;
    for (int n = 0; n < partition.rows(); n++) {
      largest = Math.max(largest, partition.weight(n));
    }
    return largest;
  }

  /** Evaluates the current parameters on the given rows. */
  public EvaluationReport evaluate(JavaRDD<EncodedBatch> rows) {
    return evaluation.evaluate(rows.map(new ScoreTask(kernels, publisher.handle())::score));
  }

  /**
   * Says that the parameters have been replaced as a whole, such as by those of an earlier epoch.
   */
  public void replaced() {
    parameters.changed();
    publisher.publishAll();
  }

  private Validation validate(JavaRDD<EncodedBatch> validation) {
    try {
      return toValidation(evaluate(validation));
    } catch (IllegalArgumentException e) {
      throw new TrainingException("validation: " + e.getMessage());
    }
  }

  private static Validation toValidation(EvaluationReport report) {
    return new Validation(
        report.auc().orElse(Double.NaN),
        report.logLoss().orElse(Double.NaN),
        report.minPrediction().orElse(0),
        report.maxPrediction().orElse(1));
  }

  @Override
  public void close() {
    publisher.close();
    Worker.remove(run);
  }
}

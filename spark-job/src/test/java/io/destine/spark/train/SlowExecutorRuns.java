package io.destine.spark.train;

import io.destine.config.CalibrationMethod;
import io.destine.config.Metric;
import io.destine.config.ModelConfig;
import io.destine.config.OptimizerConfig;
import io.destine.config.OptimizerKind;
import io.destine.config.RateScaling;
import io.destine.config.Schedule;
import io.destine.config.TrainConfig;
import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.kernel.Dropout;
import io.destine.kernel.Kernel;
import io.destine.kernel.KernelChoice;
import io.destine.kernel.KernelFactory;
import io.destine.model.Destine;
import io.destine.model.NetworkKernels;
import io.destine.optim.Optimizers;
import io.destine.param.GradientSink;
import io.destine.param.Parameters;
import io.destine.random.CounterRandom;
import io.destine.random.Purpose;
import io.destine.spark.encode.BlockReader;
import io.destine.train.TrainingListener;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * Two runs on two executors: one in which an executor takes ten times as long to compute, and one
 * without a slow executor.
 */
final class SlowExecutorRuns {
  private static final int FIELDS = 20;
  private static final int IDS = 1000;
  private static final int WIDTH = 16;
  private static final int BLOCKS = 32;
  private static final int BATCH = 2048;
  private static final int STEPS = 40;

  private SlowExecutorRuns() {}

  /** Rows of any ids. */
  private record Rows() implements BlockReader {
    @Override
    public int[] rows() {
      int[] rows = new int[BLOCKS];
      Arrays.fill(rows, STEPS * BATCH / BLOCKS);
      return rows;
    }

    @Override
    public EncodedBatch read(int block) {
      int count = rows()[block];
      CounterRandom random = CounterRandom.of(block, Purpose.SPLIT);
      int[] ids = new int[count * FIELDS];
      Arrays.setAll(ids, i -> i % FIELDS * (IDS / FIELDS) + random.below(IDS / FIELDS, i));
      float[] labels = new float[count];
      for (int n = 0; n < count; n++) {
        labels[n] = random.at(1).below(4, n) == 0 ? 1 : 0;
      }
      return new EncodedBatch(block, ids, null, null, null, labels, null, null, null);
    }
  }

  /**
   * Kernels that on one executor sleep nine times as long as they compute. Other processes slow
   * down the computations of both executors, so they change the ratio of the speeds only a little.
   */
  private record SlowOn(String executor, KernelFactory kernels) implements KernelFactory {
    @Override
    public Kernel create() {
      Kernel kernel = kernels.create();
      return SparkEnv.get().executorId().equals(executor) ? new SlowKernel(kernel) : kernel;
    }
  }

  private static final class SlowKernel extends TimedKernel {
    SlowKernel(Kernel kernel) {
      super(kernel);
    }

    @Override
    public void gradient(
        Parameters parameters, EncodedBatch batch, Dropout dropout, GradientSink sink) {
      long before = nanos();
      super.gradient(parameters, batch, dropout, sink);
      LockSupport.parkNanos(9 * (nanos() - before));
    }
  }

  static void all(Path directory) {
    SparkSession spark =
        ObservedCluster.sessionOfOthers(
            ObservedCluster.settings("local-cluster[2,1,512]")
                .set("spark.scheduler.minRegisteredResourcesRatio", "1.0"));
    try {
      JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
      KernelFactory kernels = new NetworkKernels(network(), KernelChoice.AUTO).resolved();
      Parameters expected = parameters();
      train(context, kernels, expected);
      Parameters found = parameters();
      int[] columns = train(context, new SlowOn("1", kernels), found);
      SameBitsCase.observe(directory, "slow.columns-of-fast", columns[0]);
      SameBitsCase.observe(directory, "slow.columns-of-slow", columns[1]);
      SameBitsCase.observe(
          directory, "slow.same-bits", Arrays.equals(values(found), values(expected)) ? 1 : 0);
    } finally {
      spark.stop();
    }
  }

  /** All that training changes. */
  private static double[] values(Parameters parameters) {
    double[] values = Arrays.copyOf(parameters.dense(), parameters.dense().length + IDS * WIDTH);
    for (int id = 0; id < IDS; id++) {
      parameters.embedding().read(id, values, parameters.dense().length + id * WIDTH);
    }
    return values;
  }

  private static Destine network() {
    ModelConfig config =
        ModelConfig.interaction().embeddingDim(WIDTH).heads(2).headDim(16).layers(2).build();
    return new Destine(config, FieldLayout.ofIds(FIELDS));
  }

  private static Parameters parameters() {
    return network().initialParameters(IDS, 5);
  }

  /** Trains two epochs; returns the columns of the task on each executor at the end. */
  private static int[] train(
      JavaSparkContext context, KernelFactory kernels, Parameters parameters) {
    OptimizerConfig adam = OptimizerConfig.of(OptimizerKind.ADAM, 0.001);
    TrainConfig config =
        new TrainConfig(
            BATCH,
            2,
            1,
            BLOCKS,
            Schedule.PLATEAU,
            RateScaling.NONE,
            0.1,
            0,
            Metric.LOG_LOSS,
            CalibrationMethod.NONE,
            adam);
    try (RowBlocks training = new RowBlocks(context, new Rows(), BLOCKS, 0.5);
        SynchronousTrainer trainer = new SynchronousTrainer(context, config, kernels, parameters)) {
      trainer.train(
          training,
          training,
          Optimizers.create(config.optimizer(), parameters),
          new TrainingListener() {});
      int[] columns = new int[2];
      Arrays.stream(training.slotOfColumn()).forEach(slot -> columns[slot]++);
      return columns;
    }
  }
}

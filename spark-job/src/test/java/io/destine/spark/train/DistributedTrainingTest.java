package io.destine.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.config.CalibrationMethod;
import io.destine.config.Components;
import io.destine.config.Metric;
import io.destine.config.ModelConfig;
import io.destine.config.OptimizerConfig;
import io.destine.config.OptimizerKind;
import io.destine.config.RateScaling;
import io.destine.config.Schedule;
import io.destine.config.TrainConfig;
import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.kernel.KernelChoice;
import io.destine.kernel.KernelFactory;
import io.destine.model.Destine;
import io.destine.model.NetworkKernels;
import io.destine.optim.Optimizers;
import io.destine.param.Parameters;
import io.destine.spark.SharedSpark;
import io.destine.spark.internals.Broadcasts;
import io.destine.testing.Full;
import io.destine.train.BatchPlan;
import io.destine.train.LocalTrainer;
import io.destine.train.TrainingListener;
import io.destine.train.Validation;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Training on Spark has the bits of training in one thread, whatever the tasks and the tree,
 * whether all blocks fit into memory and tasks share the driver's parameters or are shipped what
 * changed.
 */
class DistributedTrainingTest {
  private static final int PARTITIONS = 9;
  private static final int NON_EMPTY = 8;
  private static final int EPOCHS = 2;

  private static Destine network(boolean dropout) {
    ModelConfig config =
        ModelConfig.interaction()
            .embeddingDim(4)
            .heads(2)
            .headDim(3)
            .layers(2)
            .wide(true)
            .deep(List.of(6))
            .attentionDropout(dropout ? 0.2 : 0)
            .deepDropout(dropout ? 0.3 : 0)
            .build();
    return new Destine(config, FieldLayout.ofIds(RandomRows.FIELDS));
  }

  private static TrainConfig config(OptimizerKind kind, double l2, int blocksPerStep) {
    OptimizerConfig optimizer =
        Components.with(OptimizerConfig.of(kind, 0.01).withEmbeddingL2(l2), "clipNorm", 1.0);
    return new TrainConfig(
        64,
        EPOCHS,
        5,
        blocksPerStep,
        Schedule.PLATEAU,
        RateScaling.NONE,
        0.1,
        2,
        Metric.AUC,
        CalibrationMethod.NONE,
        optimizer);
  }

  private static KernelFactory kernels(Destine network) {
    return new NetworkKernels(network, KernelChoice.ND4J);
  }

  @Full(from = 4)
  @ParameterizedTest(
      name =
          "{0}, {1} tasks, depth {2}, dropout {3}, weights {4}, decay {5}, shipped {6}, {7} blocks"
              + " at a time, {8} of them in memory")
  @CsvSource({
    "ADAM, 2, 1, true, true, 0.02, true, 3, 0.33",
    "ADAM, 7, 3, true, true, 0.02, false, 9, 1",
    "SGD, 7, 2, true, false, 0, true, 1, 0.01",
    "ADAM, 1, 1, false, false, 0, false, 9, 1",
    "ADAM, 2, 1, false, false, 0, true, 9, 0.33",
    "ADAM, 3, 2, true, true, 0.02, true, 4, 1",
    "ADAM, 2, 1, true, true, 0.02, false, 2, 0.33",
    "ADAM, 7, 1, false, false, 0, false, 9, 1",
    "ADAGRAD, 3, 1, false, true, 0.02, true, 5, 1"
  })
  void distributedTrainingEqualsTheSingleThreadToTheBit(
      OptimizerKind kind,
      int tasks,
      int depth,
      boolean dropout,
      boolean weighted,
      double l2,
      boolean shipped,
      int blocksPerStep,
      double share) {
    Destine network = network(dropout);
    TrainConfig config = config(kind, l2, blocksPerStep);
    RandomRows.Reader reader = new RandomRows.Reader(PARTITIONS, weighted);
    List<EncodedBatch> rows = RandomRows.partitions(PARTITIONS, weighted);
    long bytes = rows.stream().mapToLong(block -> block.bytes() + 4L * block.rows()).sum();

    Parameters expected = network.initialParameters(RandomRows.VOCABULARY, 5);
    Supplier<Validation> noValidation = () -> new Validation(0.5, 0.5, 0, 1, false);
    new LocalTrainer(config, kernels(network).create())
        .train(expected, reader.rows(), rows, noValidation, new TrainingListener() {});

    // Tasks of other tests may have left rows, which take room.
    BlockCache.here().splits().forEach(BlockCache.here()::remove);
    JavaSparkContext context = SharedSpark.context();
    Parameters found = network.initialParameters(RandomRows.VOCABULARY, 5);
    // One task more in the second epoch: grouping changes no bits.
    AtomicInteger now = new AtomicInteger(tasks);
    RowBlocks training =
        new RowBlocks(
            context,
            reader,
            blocksPerStep,
            1.001 * share * bytes / Runtime.getRuntime().maxMemory(),
            now::get);
    RowBlocks validation =
        new RowBlocks(context, new RandomRows.Reader(1, weighted), 1, 0.5, () -> 1);
    AtomicInteger steps = new AtomicInteger();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void stepped(int epoch, int step, int stepsPerEpoch, long rows, double loss) {
            steps.incrementAndGet();
            now.set(tasks + (step == stepsPerEpoch - 1 ? 1 : now.get() - tasks));
          }
        };
    int broadcasts =
        Broadcasts.of(
            context,
            () -> {
              try (SynchronousTrainer trainer =
                  new SynchronousTrainer(context, config, kernels(network), found, !shipped)) {
                trainer.train(
                    training,
                    validation,
                    Optimizers.create(config.optimizer(), found),
                    n -> depth,
                    listener);
              }
            });
    assertThat(broadcasts).as("broadcasts of %s steps", steps).isLessThan(steps.get());
    assertThat(training.tasks())
        .isEqualTo(Math.min(tasks + 1, BatchPlan.columns(PARTITIONS, blocksPerStep)));
    if (share == 1) {
      assertThat(reader.reads()).isEqualTo(NON_EMPTY);
    } else {
      // One pass sums up the rows; then each epoch reads a block once at most, and perhaps the
      // first ones of an epoch that does not come.
      assertThat(reader.reads()).isBetween(NON_EMPTY + 1, (1 + EPOCHS) * NON_EMPTY + blocksPerStep);
    }
    training.close();
    validation.close();
    assertSameBits(found, expected);
  }

  private static void assertSameBits(Parameters found, Parameters expected) {
    assertThat(found.dense()).isEqualTo(expected.dense());
    double[] a = new double[4];
    double[] b = new double[4];
    for (int id = 0; id < expected.rows(); id++) {
      found.embedding().read(id, a, 0);
      expected.embedding().read(id, b, 0);
      assertThat(a).as("embedding of id " + id).isEqualTo(b);
      found.wide().read(id, a, 0);
      expected.wide().read(id, b, 0);
      assertThat(a[0]).as("first-order weight of id " + id).isEqualTo(b[0]);
    }
  }
}

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
import io.destine.optim.Optimizer;
import io.destine.optim.Optimizers;
import io.destine.param.Parameters;
import io.destine.spark.SharedSpark;
import io.destine.spark.internals.Broadcasts;
import io.destine.spark.parameters.ParameterSource;
import io.destine.testing.Full;
import io.destine.train.BatchPlan;
import io.destine.train.LocalTrainer;
import io.destine.train.TrainingListener;
import io.destine.train.Validation;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Training on Spark is bit-identical to training in one thread, for any number of tasks and tree
 * depth, whether or not all blocks fit into memory, and whether tasks share the driver's parameters
 * or receive the changes.
 */
class DistributedTrainingTest {
  private static final int PARTITIONS = 9;
  private static final int NON_EMPTY = 8;
  private static final int EPOCHS = 2;

  static Destine network(boolean dropout) {
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

  static TrainConfig config(OptimizerKind kind, double l2, int blocksPerStep, double clipNorm) {
    OptimizerConfig optimizer =
        Components.with(OptimizerConfig.of(kind, 0.01).withEmbeddingL2(l2), "clipNorm", clipNorm);
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

  static KernelFactory kernels(Destine network) {
    return new NetworkKernels(network, KernelChoice.ND4J);
  }

  @Full(from = 4)
  @ParameterizedTest(
      name =
          "{0}, {1} tasks, dropout {2}, weights {3}, decay {4}, {5}, {6} blocks at a time, {7} of them in"
              + " memory")
  @CsvSource({
    "ADAM, 2, true, true, 0.02, DRIVER, 3, 0.33",
    "ADAM, 7, true, true, 0.02, SHARED, 9, 1",
    "SGD, 7, true, false, 0, OWNED, 1, 0.01",
    "ADAM, 1, false, false, 0, SHARED, 9, 1",
    "ADAM, 2, false, false, 0, DRIVER, 9, 0.33",
    "ADAM, 3, true, true, 0.02, OWNED, 4, 1",
    "ADAM, 1, true, true, 0.02, SHARED, 2, 0.33",
    "ADAM, 7, false, false, 0, SHARED, 9, 1",
    "ADAGRAD, 3, false, true, 0.02, DRIVER, 5, 1"
  })
  void distributedTrainingEqualsTheSingleThreadToTheBit(
      OptimizerKind kind,
      int tasks,
      boolean dropout,
      boolean weighted,
      double l2,
      Tables tables,
      int blocksPerStep,
      double share) {
    Destine network = network(dropout);
    TrainConfig config = config(kind, l2, blocksPerStep, 1);
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
    Parameters found =
        network.initialParameters(tables == Tables.OWNED ? 0 : RandomRows.VOCABULARY, 5);
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
                  trainer(context, config, kernels(network), found, tables)) {
                Optimizer optimizer = Optimizers.create(config.optimizer(), found);
                trainer.train(
                    training,
                    validation,
                    tables == Tables.OWNED
                        ? trainer.own(training, RandomRows.VOCABULARY, optimizer)
                        : optimizer,
                    listener);
                // An owner in the tasks' process takes sums by reference.
                assertThat(trainer.stepTime().sumBytes() > 0).isEqualTo(tables == Tables.DRIVER);
                assertThat(trainer.stepTime().fetchedBytes() > 0)
                    .isEqualTo(tables != Tables.SHARED);
                if (tables == Tables.OWNED) {
                  copyTables(trainer, found);
                }
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

  /** Where the tables are. */
  enum Tables {
    /** Tasks share the driver's. */
    SHARED,
    /** Tasks ask the driver. */
    DRIVER,
    /** Tasks ask an executor, which is the driver's process here. */
    OWNED
  }

  private static SynchronousTrainer trainer(
      JavaSparkContext context,
      TrainConfig config,
      KernelFactory kernels,
      Parameters found,
      Tables tables) {
    return new SynchronousTrainer(context, config, kernels, found, tables == Tables.SHARED);
  }

  static void copyTables(SynchronousTrainer trainer, Parameters into) {
    int[] ids = IntStream.range(0, RandomRows.VOCABULARY).toArray();
    EncodedBatch all = EncodedBatch.ofIds(ids, new float[ids.length]);
    into.growTo(ids.length, 5);
    try (ParameterSource.View view = trainer.source().of(all)) {
      for (int id : ids) {
        int place = view.rows().ids()[id];
        view.parameters().embedding().copy(place, 1, into.embedding(), id);
        if (into.wide() != null) {
          view.parameters().wide().copy(place, 1, into.wide(), id);
        }
      }
      assertThat(view.parameters().dense()).isEqualTo(into.dense());
    }
  }

  static void assertSameBits(Parameters found, Parameters expected) {
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

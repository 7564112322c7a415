package io.destine.spark.train;

import io.destine.config.OptimizerKind;
import io.destine.config.TrainConfig;
import io.destine.feature.EncodedBatch;
import io.destine.model.Destine;
import io.destine.optim.Optimizers;
import io.destine.param.Parameters;
import io.destine.train.LocalTrainer;
import io.destine.train.TrainingListener;
import io.destine.train.Validation;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/** Trainings whose tables three executors own, in processes of their own. */
final class OwnedRuns {
  private static final int EXECUTORS = 3;
  private static final int BLOCKS = 10;

  private OwnedRuns() {}

  /** Fails when bits are not those of one thread. */
  static void all(Path directory) {
    SparkSession spark =
        ObservedCluster.session(
            ObservedCluster.settings("local-cluster[" + EXECUTORS + ",1,1024]")
                .set("spark.cores.max", String.valueOf(EXECUTORS))
                .set("spark.scheduler.minRegisteredResourcesRatio", "1.0"));
    try {
      ObservedCluster cluster = ObservedCluster.of(directory, spark);
      for (OptimizerKind kind : OptimizerKind.values()) {
        cluster.observe("owned." + kind.key(), trained(cluster.context(), kind));
      }
    } finally {
      spark.stop();
    }
  }

  /** Returns how many executors have had tasks. */
  private static int trained(JavaSparkContext context, OptimizerKind kind) {
    Destine network = DistributedTrainingTest.network(true);
    TrainConfig config = DistributedTrainingTest.config(kind, 0.02, 5, 0);
    List<EncodedBatch> rows = RandomRows.partitions(BLOCKS, true);
    RandomRows.Reader reader = new RandomRows.Reader(BLOCKS, true);
    Parameters expected = network.initialParameters(RandomRows.VOCABULARY, config.seed());
    Supplier<Validation> noValidation = () -> new Validation(0.5, 0.5, 0, 1, false);
    new LocalTrainer(config, DistributedTrainingTest.kernels(network).create())
        .train(expected, reader.rows(), rows, noValidation, TrainingListener.NONE);
    Parameters found = network.initialParameters(0, config.seed());
    try (RowBlocks training = new RowBlocks(context, reader, 5, 0.5);
        RowBlocks validation = new RowBlocks(context, new RandomRows.Reader(1, true), 1, 0.5);
        SynchronousTrainer trainer =
            new SynchronousTrainer(
                context,
                config,
                DistributedTrainingTest.kernels(network),
                found,
                RandomRows.VOCABULARY,
                training)) {
      trainer.train(
          training,
          validation,
          trainer.owned(Optimizers.create(config.optimizer(), found)),
          TrainingListener.NONE);
      DistributedTrainingTest.copyTables(trainer, found);
      DistributedTrainingTest.assertSameBits(found, expected);
      return training.tasks();
    }
  }
}

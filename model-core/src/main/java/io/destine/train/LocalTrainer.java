package io.destine.train;

import io.destine.config.TrainConfig;
import io.destine.feature.EncodedBatch;
import io.destine.kernel.Kernel;
import io.destine.metric.WeightTotals;
import io.destine.optim.Optimizers;
import io.destine.param.Parameters;
import java.util.List;
import java.util.function.Supplier;

/** The whole training algorithm in one thread: the oracle of distributed training. */
public final class LocalTrainer {
  private final TrainConfig config;
  private final Kernel kernel;

  public LocalTrainer(TrainConfig config, Kernel kernel) {
    this.config = config;
    this.kernel = kernel;
  }

  /**
   * Trains parameters in place.
   *
   * @param partitions non-empty logical partitions of training rows
   * @param validation evaluates the parameters
   * @return the best value of the validation metric
   * @throws TrainingException as {@link TrainingLoop#run}
   */
  public double train(
      Parameters parameters,
      List<EncodedBatch> partitions,
      Supplier<Validation> validation,
      TrainingListener listener) {
    int[] rows = new int[config.logicalPartitions()];
    WeightTotals weights = new WeightTotals();
    for (EncodedBatch partition : partitions) {
      rows[partition.partition()] = partition.rows();
      weights.add(partition.labels(), partition.weights());
    }
    GradientScale scale = GradientScale.of(config.batchSize(), weights);
    GradientSource source =
        new LocalGradientSource(partitions, kernel, parameters, config.seed(), scale);
    return new TrainingLoop(
            config,
            rows,
            source,
            Optimizers.create(config.optimizer(), parameters),
            validation,
            Checkpoints.NONE,
            listener)
        .run()
        .best();
  }
}

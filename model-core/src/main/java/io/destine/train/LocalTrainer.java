package io.destine.train;

import io.destine.config.TrainConfig;
import io.destine.feature.EncodedBatch;
import io.destine.kernel.Kernel;
import io.destine.metric.WeightTotals;
import io.destine.optim.Optimizer;
import io.destine.optim.Optimizers;
import io.destine.param.Parameters;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/** The whole training algorithm in one process; distributed training is tested against it. */
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
   * @param rowsByBlock [blocks] training rows by block
   * @param blocks the non-empty blocks
   * @param validation evaluates the parameters
   * @return the best value of the validation metric
   * @throws TrainingException as {@link TrainingLoop#run}
   */
  public double train(
      Parameters parameters,
      int[] rowsByBlock,
      List<EncodedBatch> blocks,
      Supplier<Validation> validation,
      TrainingListener listener) {
    WeightTotals weights = new WeightTotals();
    for (EncodedBatch block : blocks) {
      weights.add(block.labels(), block.weights());
    }
    int rows = Arrays.stream(rowsByBlock).sum();
    TrainConfig resolved = config.resolved(rows, parameters.rows());
    GradientScale scale = GradientScale.of(config.batchSize(), weights);
    Optimizer optimizer = Optimizers.create(resolved.optimizer(), parameters);
    GradientSource source =
        new LocalGradientSource(blocks, kernel, parameters, optimizer, config.seed(), scale);
    return new TrainingLoop(
            resolved, rowsByBlock, source, optimizer, validation, Checkpoints.NONE, listener)
        .run()
        .best();
  }
}

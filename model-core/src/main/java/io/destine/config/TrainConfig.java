package io.destine.config;

import com.fasterxml.jackson.annotation.JsonAlias;
import java.util.Objects;

/**
 * How a model is trained.
 *
 * @param batchSize rows of a step, a multiple of {@link #CHUNK_ROWS}
 * @param epochs most epochs to train
 * @param seed of initial values, order of rows and dropout masks
 * @param blocksPerStep K, most blocks of the encoded data set that an epoch goes through at a time;
 *     a step takes rows evenly from each of them; models of version 0.1.0 call it
 *     logical_partitions
 * @param plateauFactor learning-rate factor of a cut when the validation metric has not improved
 *     over an epoch
 * @param plateauCuts cuts in a row without a new best after which training stops; 0 never cuts nor
 *     stops early
 * @param metric the validation metric that names the best model: auc or log_loss
 * @param optimizer how gradients move parameters
 */
public record TrainConfig(
    int batchSize,
    int epochs,
    long seed,
    @JsonAlias("logical_partitions") int blocksPerStep,
    double plateauFactor,
    int plateauCuts,
    Metric metric,
    OptimizerConfig optimizer) {

  /** Rows of a chunk, the unit in which a step takes rows from a block. */
  public static final int CHUNK_ROWS = 16;

  public TrainConfig {
    Check.atLeast("train.batch-size", CHUNK_ROWS, batchSize);
    if (batchSize % CHUNK_ROWS != 0) {
      throw SettingProblem.must("train.batch-size", "a multiple of " + CHUNK_ROWS, batchSize);
    }
    Check.atLeast("train.epochs", 1, epochs);
    Check.atLeast("train.blocks-per-step", 1, blocksPerStep);
    Check.positive("train.plateau-factor", plateauFactor);
    Check.rate("train.plateau-factor", plateauFactor);
    Check.atLeast("train.plateau-cuts", 0, plateauCuts);
    Objects.requireNonNull(metric, "metric");
    Objects.requireNonNull(optimizer, "optimizer");
  }

  /** Batches of 1024 rows, 12 epochs, seed 1, 16 blocks at a time, Adam at 0.001. */
  public static TrainConfig defaults() {
    return new TrainConfig(
        1024, 12, 1, blocksPerStepFor(1024), 0.1, 2, Metric.AUC, OptimizerConfig.defaults());
  }

  /** The same with batches of that many rows, and blocks that suit them. */
  public TrainConfig withBatchSize(int rows) {
    return new TrainConfig(
        rows, epochs, seed, blocksPerStepFor(rows), plateauFactor, plateauCuts, metric, optimizer);
  }

  /** The same with at most that many epochs. */
  public TrainConfig withEpochs(int most) {
    return new TrainConfig(
        batchSize, most, seed, blocksPerStep, plateauFactor, plateauCuts, metric, optimizer);
  }

  /** The same with another seed. */
  public TrainConfig withSeed(long other) {
    return new TrainConfig(
        batchSize, epochs, other, blocksPerStep, plateauFactor, plateauCuts, metric, optimizer);
  }

  /** The same with another metric. */
  public TrainConfig withMetric(Metric other) {
    return new TrainConfig(
        batchSize, epochs, seed, blocksPerStep, plateauFactor, plateauCuts, other, optimizer);
  }

  /** The same with another optimiser. */
  public TrainConfig withOptimizer(OptimizerConfig other) {
    return new TrainConfig(
        batchSize, epochs, seed, blocksPerStep, plateauFactor, plateauCuts, metric, other);
  }

  /**
   * Blocks that suit a batch: about 64 of its rows from each, so that what a task spends on a block
   * beside its rows does not count, and no fewer than 16 to divide between tasks.
   */
  public static int blocksPerStepFor(int batchSize) {
    int blocks = Math.max(16, Math.min(256, batchSize / 64));
    return Integer.highestOneBit(blocks);
  }
}

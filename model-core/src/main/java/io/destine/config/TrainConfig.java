package io.destine.config;

import com.fasterxml.jackson.annotation.JsonAlias;
import java.util.Map;
import java.util.Objects;

/**
 * How a model is trained. An epoch goes through the blocks of the encoded data set blocksPerStep at
 * a time; a step takes rows evenly from each of these. On the plateau schedule the learning rate is
 * cut when an epoch does not improve the validation metric.
 */
public record TrainConfig(
    @Meaning(value = "rows of a step, a multiple of " + BUNDLE_ROWS, preset = "1024") int batchSize,
    @Meaning(value = "maximum number of epochs", preset = "20") int epochs,
    @Meaning(value = "seed of initial values, row order and dropout", preset = "1") long seed,
    @Meaning(
            value =
                "number of blocks from which a step takes its rows; by default batch-size / 64,"
                    + " rounded down to a power of two, at least 16 and at most 256",
            preset = "16")
        @JsonAlias("logical_partitions")
        int blocksPerStep,
    @Meaning(
            value =
                "schedule of the learning rate: plateau cuts it when the metric stops improving, "
                    + "cosine lowers it to 0 over all epochs",
            preset = "plateau")
        Schedule schedule,
    @Meaning(
            value =
                "learning-rate multiplier: linear is batch-size / 1024, sqrt its square root,"
                    + " none 1",
            preset = "none")
        RateScaling rateScaling,
    @Meaning(value = "learning-rate factor on a plateau", preset = "0.5") double plateauFactor,
    @Meaning(
            value =
                "number of epochs in a row without a new best after which training stops; 0:"
                    + " neither cut nor stop",
            preset = "3")
        int plateauCuts,
    @Meaning(
            value =
                "metric that selects the best epoch; nightly runs use the metric of the gate by"
                    + " default",
            preset = "log_loss")
        Metric metric,
    @Meaning(
            value = "calibration of the probabilities on the validation rows after training",
            preset = "none")
        CalibrationMethod calibration,
    OptimizerConfig optimizer) {

  /** Rows of a bundle, the unit in which a step takes rows from a block. */
  public static final int BUNDLE_ROWS = 16;

  private static final double ROWS_TIMES_L2 = 100;
  private static final int MOST_IDS_OF_A_BATCH_ROW = 1000;

  /**
   * Models written by earlier programs lack the schedule, the scaling of the rate and the
   * calibration.
   */
  public TrainConfig {
    Check.atLeast("train.batch-size", BUNDLE_ROWS, batchSize);
    if (batchSize % BUNDLE_ROWS != 0) {
      throw SettingProblem.must("train.batch-size", "a multiple of " + BUNDLE_ROWS, batchSize);
    }
    Check.atLeast("train.epochs", 1, epochs);
    Check.atLeast("train.blocks-per-step", 1, blocksPerStep);
    schedule = Objects.requireNonNullElse(schedule, Schedule.PLATEAU);
    rateScaling = Objects.requireNonNullElse(rateScaling, RateScaling.NONE);
    Check.positive("train.plateau-factor", plateauFactor);
    Check.rate("train.plateau-factor", plateauFactor);
    Check.atLeast("train.plateau-cuts", 0, plateauCuts);
    Objects.requireNonNull(metric, "metric");
    calibration = Objects.requireNonNullElse(calibration, CalibrationMethod.NONE);
    Objects.requireNonNull(optimizer, "optimizer");
  }

  /** Batches of 1024 rows, 20 epochs, seed 1, 16 blocks at a time, the best epoch by log loss. */
  public static TrainConfig defaults() {
    return Components.defaults(TrainConfig.class);
  }

  /** The same with batches of that many rows, and a suitable number of blocks for each step. */
  public TrainConfig withBatchSize(int rows) {
    Map<String, Object> values = Components.values(this);
    values.putAll(Map.of("batchSize", rows, "blocksPerStep", blocksPerStepFor(rows)));
    return Components.of(TrainConfig.class, values);
  }

  /** The same with at most that many epochs. */
  public TrainConfig withEpochs(int most) {
    return Components.with(this, "epochs", most);
  }

  /** The same with another metric. */
  public TrainConfig withMetric(Metric other) {
    return Components.with(this, "metric", other);
  }

  /** The same with another calibration. */
  public TrainConfig withCalibration(CalibrationMethod other) {
    return Components.with(this, "calibration", other);
  }

  /** The same with another optimiser. */
  public TrainConfig withOptimizer(OptimizerConfig other) {
    return Components.with(this, "optimizer", other);
  }

  /**
   * The same with a value for the embedding penalty lambda: if there is none, lambda = 100 /
   * training rows. Over an epoch of n rows the penalties then add up to lambda n / 2 ||E||^2 = 50
   * ||E||^2: the same normal prior of the embeddings for any n. With a penalty every table row
   * changes in every step; if that would take far longer than processing the rows of a batch,
   * lambda = 0.
   *
   * @param trainingRows at least 1
   * @param ids V, rows of the embedding table
   */
  public TrainConfig resolved(long trainingRows, int ids) {
    if (optimizer.embeddingL2().isPresent()) {
      return this;
    }
    boolean affordable = ids <= MOST_IDS_OF_A_BATCH_ROW * (long) batchSize;
    return withOptimizer(optimizer.withEmbeddingL2(affordable ? automaticL2(trainingRows) : 0));
  }

  /**
   * The automatic penalty of a table that is not large relative to a batch: 100 / training rows.
   */
  public static double automaticL2(long trainingRows) {
    return ROWS_TIMES_L2 / Math.max(1, trainingRows);
  }

  /**
   * A suitable number of blocks for a batch: about 64 rows from each, so that a task's fixed cost
   * per block is negligible, and at least 16 blocks to divide between tasks.
   */
  public static int blocksPerStepFor(int batchSize) {
    int blocks = Math.max(16, Math.min(256, batchSize / 64));
    return Integer.highestOneBit(blocks);
  }
}

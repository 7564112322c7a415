package io.destine.spark.conf;

import io.destine.config.ModelConfig;
import io.destine.config.TrainConfig;
import java.util.Objects;

/**
 * How a model is trained on encoded rows.
 *
 * @param model the architecture
 * @param train the training
 * @param compute what computes
 * @param checkpoint when training keeps what it can go on from
 */
public record TrainingConfig(
    ModelConfig model, TrainConfig train, ComputeConfig compute, CheckpointConfig checkpoint) {
  public TrainingConfig {
    Objects.requireNonNull(model, "model");
    Objects.requireNonNull(train, "train");
    Objects.requireNonNull(compute, "compute");
    Objects.requireNonNull(checkpoint, "checkpoint");
  }

  /** The given network and training; all else by default. */
  public static TrainingConfig of(ModelConfig model, TrainConfig train) {
    return new TrainingConfig(model, train, ComputeConfig.defaults(), CheckpointConfig.defaults());
  }
}

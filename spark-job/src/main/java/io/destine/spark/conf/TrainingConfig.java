package io.destine.spark.conf;

import io.destine.config.Components;
import io.destine.config.ModelConfig;
import io.destine.config.TrainConfig;
import java.util.Objects;
import java.util.Optional;

/**
 * Settings of training on encoded rows.
 *
 * @param model the architecture
 * @param initModel directory of the model from which training starts; the vocabulary of the rows
 *     must extend its vocabulary. Empty to start from initial values
 * @param train the training
 * @param compute kernel and resources
 * @param checkpoint checkpoints of the training
 */
public record TrainingConfig(
    ModelConfig model,
    Optional<String> initModel,
    TrainConfig train,
    ComputeConfig compute,
    CheckpointConfig checkpoint) {
  /** The key of {@link #initModel} in a configuration. */
  public static final String INIT_MODEL = "init-model";

  public TrainingConfig {
    Objects.requireNonNull(model, "model");
    Objects.requireNonNull(initModel, "initModel");
    Objects.requireNonNull(train, "train");
    Objects.requireNonNull(compute, "compute");
    Objects.requireNonNull(checkpoint, "checkpoint");
  }

  /** The given network and training; everything else is default. */
  public static TrainingConfig of(ModelConfig model, TrainConfig train) {
    return new TrainingConfig(
        model, Optional.empty(), train, ComputeConfig.defaults(), CheckpointConfig.defaults());
  }

  /** The same, starting from the model in a directory. */
  public TrainingConfig withInitModel(String directory) {
    return Components.with(this, "initModel", Optional.of(directory));
  }
}

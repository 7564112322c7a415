package io.destine.spark.conf;

import io.destine.config.Components;
import io.destine.config.ModelConfig;
import io.destine.config.TrainConfig;
import java.util.Objects;
import java.util.Optional;

/**
 * How a model is trained on encoded rows.
 *
 * @param model the architecture
 * @param initModel directory of the model that training starts from, whose vocabulary that of the
 *     rows has grown from; empty to start from initial values
 * @param train the training
 * @param compute what computes
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

  /** The given network and training; all else by default. */
  public static TrainingConfig of(ModelConfig model, TrainConfig train) {
    return new TrainingConfig(
        model, Optional.empty(), train, ComputeConfig.defaults(), CheckpointConfig.defaults());
  }

  /** The same, which starts from the model in a directory. */
  public TrainingConfig withInitModel(String directory) {
    return Components.with(this, "initModel", Optional.of(directory));
  }
}

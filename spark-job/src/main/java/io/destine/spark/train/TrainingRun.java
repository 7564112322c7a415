package io.destine.spark.train;

import io.destine.config.Components;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.TrainingConfig;
import io.destine.spark.store.Fence;
import io.destine.spark.tracking.TrackedRun;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The context in which a model is trained.
 *
 * @param program name and version, for the manifest
 * @param settings all known settings, by section
 * @param job the settings if they are a job's configuration, otherwise null
 * @param label name of the label in messages
 * @param weight name of the weight in messages
 * @param weighted false if rows are known to have no weights
 * @param fence the right to write the model
 * @param retraining the new day to train on, if any
 * @param log receives human-readable lines
 * @param gate of its checkpoints
 * @param tracked its run in experiment tracking
 */
record TrainingRun(
    String program,
    Map<String, Object> settings,
    Map<String, Object> job,
    String label,
    String weight,
    boolean weighted,
    Fence fence,
    Optional<Retraining> retraining,
    Consumer<String> log,
    CheckpointGate gate,
    TrackedRun tracked) {

  /** A training run that was not started by a command. */
  static TrainingRun of(TrainingConfig config) {
    return new TrainingRun(
        "destine",
        JobJson.map(config),
        null,
        "the label",
        "the weight",
        true,
        Fence.NONE,
        Optional.empty(),
        line -> {},
        new CheckpointGate(),
        TrackedRun.NONE);
  }

  /** The same with experiment tracking. */
  TrainingRun tracked(TrackedRun shown) {
    return Components.with(this, "tracked", shown);
  }

  /** The training of a job. */
  static TrainingRun of(
      JobConfig config,
      String program,
      Fence fence,
      Optional<Retraining> retraining,
      Consumer<String> log,
      CheckpointGate gate) {
    Map<String, Object> job = JobJson.map(config);
    return new TrainingRun(
        program,
        job,
        job,
        "the label (column \"" + config.label() + "\")",
        config.weight().map(column -> "column \"" + column + "\"").orElse(""),
        config.weight().isPresent(),
        fence,
        retraining,
        log,
        gate,
        TrackedRun.NONE);
  }
}

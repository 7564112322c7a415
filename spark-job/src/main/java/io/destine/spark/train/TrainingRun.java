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
 * Who trains a model, and what for.
 *
 * @param program name and version, for the manifest
 * @param settings all that are known, by section
 * @param job the settings when they are a job's configuration, null otherwise
 * @param label what messages call the label
 * @param weight what messages call the weight
 * @param weighted false when rows are known to have no weights
 * @param fence the right to write the model
 * @param retraining the new day whose rows are trained on, if it is one
 * @param log takes lines for people
 * @param gate of its checkpoints
 * @param tracked where it is shown while it runs
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

  /** A training that was not begun by a command. */
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

  /** The same, shown elsewhere. */
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
        "column " + config.label(),
        config.weight().map(column -> "column \"" + column + "\"").orElse(""),
        config.weight().isPresent(),
        fence,
        retraining,
        log,
        gate,
        TrackedRun.NONE);
  }
}

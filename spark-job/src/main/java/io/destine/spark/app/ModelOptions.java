package io.destine.spark.app;

import io.destine.spark.predict.LoadedModel;
import io.destine.spark.predict.StoredJob;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options by which commands take a model and the rows to use it on. */
final class ModelOptions {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "The model directory, or that of nightly runs, whose live model is meant.")
  private String model;

  @Option(
      names = "--input",
      paramLabel = "PATH",
      description = "Rows to read; by default those that the model was trained and tested with.")
  private String input;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description =
          "Overrides one setting of the model's own configuration, such as source.format=csv. Can"
              + " be repeated.")
  private List<String> overrides = List.of();

  String model() {
    return model;
  }

  /** The rows to read, if not the model's own. */
  Optional<String> input() {
    return Optional.ofNullable(input);
  }

  /** Opens the model; its configuration says which kernel scores. */
  OpenedModel open(Session session) {
    StoredJob job =
        StoredJob.open(session.context().hadoopConfiguration(), model, overrides, input());
    return new OpenedModel(
        LoadedModel.open(session.context(), job.directory(), job.config().compute().kernel()),
        job.config());
  }
}

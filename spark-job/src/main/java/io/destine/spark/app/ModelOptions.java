package io.destine.spark.app;

import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.UserError;
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
      description = "The model directory, or a directory of nightly runs with its live model.")
  private String model;

  @Option(
      names = "--input",
      paramLabel = "PATH",
      description = "Rows to read. Default: the rows of the model's own source.")
  private String input;

  @Option(
      names = "--table",
      paramLabel = "NAME",
      description = "Rows of this catalog table to read, instead of --input.")
  private String table;

  @Option(
      names = "--where",
      paramLabel = "CONDITION",
      description = "With --table: only rows that meet this SQL condition.")
  private String where;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description =
          "Overrides one setting of the model's own configuration, such as source.format=csv. Can"
              + " be repeated.")
  private List<String> overrides = List.of();

  @Option(
      names = "--trust-model",
      description =
          "Uses the model's own source settings even if they could run code or read the"
              + " environment: SQL functions, formats and options that are not on a fixed list.")
  private boolean trusted;

  String model() {
    return model;
  }

  /** The path of the rows to read, if there is one. */
  Optional<String> input() {
    return Optional.ofNullable(input);
  }

  /** True when other rows than the model's own are to be read. */
  boolean otherRows() {
    return input != null || table != null;
  }

  /** Opens the model; its configuration says which kernel scores. */
  OpenedModel open(Session session) {
    if (table != null && input != null) {
      throw new UserError("--table: given together with --input; leave one of them out");
    }
    if (where != null && table == null) {
      throw new UserError("--where is for --table; add --table NAME, or leave it out");
    }
    StoredJob job =
        StoredJob.open(
            session.context().hadoopConfiguration(), model, overrides, trusted, this::reading);
    session.use(job.config());
    LoadedModel loaded =
        LoadedModel.open(session.context(), job.directory(), job.config().compute().kernel());
    return new OpenedModel(loaded, job.config().withChosen(loaded.vocabulary().fields().inputs()));
  }

  /** Refuses to read the model's side tables from where only its own settings say, untrusted. */
  void requireHarmlessTables(OpenedModel opened) {
    if (!trusted) {
      new StoredJob(opened.model().directory(), opened.config()).requireHarmlessTables(overrides);
    }
  }

  private JobConfig reading(JobConfig own) {
    if (table == null) {
      return input().map(own::reading).orElse(own);
    }
    // Without paths the source has no snapshot either: that of the model is of another table.
    List<String> conditions = where == null ? List.of() : List.of(where);
    return own.reading(own.source().of(List.of()).of(table, conditions));
  }
}

package io.destine.spark.app;

import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.UserError;
import io.destine.spark.encode.SideTableEncoder;
import io.destine.spark.predict.LoadedModel;
import io.destine.spark.predict.StoredJob;
import io.destine.spark.sink.ScratchDirectory;
import io.destine.spark.source.SourceParts;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Option;

/** The options for a model and the rows to which it is applied. */
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

  @Option(
      names = "--read-side-tables",
      description =
          "Reads the side tables again, from the paths in the model's configuration or --set,"
              + " instead of using the rows stored in the model: for new or changed items.")
  private boolean readSideTables;

  String model() {
    return model;
  }

  /** The path of the rows to read, if there is one. */
  Optional<String> input() {
    return Optional.ofNullable(input);
  }

  /** True if rows other than the model's own are to be read. */
  boolean otherRows() {
    return input != null || table != null;
  }

  /**
   * Opens the model, with the kernel of its configuration.
   *
   * @param output path; the files of re-read side tables are stored next to it until the model is
   *     closed
   * @param log receives warnings about these tables
   */
  OpenedModel open(Session session, String output, CommandLog log) {
    if (table != null && input != null) {
      throw new UserError("--table: given together with --input; leave one of them out");
    }
    if (where != null && table == null) {
      throw new UserError("--where is for --table; add --table NAME, or leave --where out");
    }
    Configuration hadoop = session.context().hadoopConfiguration();
    StoredJob job = StoredJob.open(hadoop, model, overrides, trusted, this::reading);
    if (readSideTables && job.config().tables().isEmpty()) {
      throw new UserError("--read-side-tables: the model has no side tables; leave it out");
    }
    if (readSideTables && !trusted) {
      job.requireHarmlessTables(overrides);
    }
    session.use(job.config());
    LoadedModel loaded =
        LoadedModel.open(session.context(), job.directory(), job.config().compute().kernel());
    OpenedModel opened =
        new OpenedModel(
            loaded,
            job.config().withChosen(loaded.vocabulary().fields().inputs()),
            readSideTables ? Optional.of(new ScratchDirectory(hadoop, output)) : Optional.empty());
    try {
      opened
          .scratch()
          .ifPresent(
              scratch -> {
                scratch.begin(log);
                log.warn(readTables(session, opened, scratch));
              });
    } catch (Throwable e) {
      opened.close();
      throw e;
    }
    return opened;
  }

  /** Opens the model for a command without an output. */
  OpenedModel open(Session session, CommandLog log) {
    return open(session, model, log);
  }

  /** Returns warnings about the tables, one line each. */
  private static List<String> readTables(
      Session session, OpenedModel opened, ScratchDirectory scratch) {
    SideTableEncoder.Encoded encoded =
        new SideTableEncoder(session.spark())
            .encode(
                opened.model().vocabulary(),
                opened.config().encoding(),
                SourceParts.sides(session.spark(), opened.config().tables()),
                scratch.path());
    opened.model().use(encoded.vocabulary());
    return encoded.warnings();
  }

  private JobConfig reading(JobConfig own) {
    if (table == null) {
      return input().map(own::reading).orElse(own);
    }
    // Setting empty paths first drops the model's snapshot, which belongs to another table.
    List<String> conditions = where == null ? List.of() : List.of(where);
    return own.reading(own.source().of(List.of()).of(table, conditions));
  }
}

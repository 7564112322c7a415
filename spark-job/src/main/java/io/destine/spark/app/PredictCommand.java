package io.destine.spark.app;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.spark.conf.UserError;
import io.destine.spark.predict.LoadedModel;
import io.destine.spark.predict.PredictJob;
import io.destine.spark.predict.PredictionSettings;
import io.destine.spark.predict.TopRows;
import io.destine.spark.sink.TableFiles;
import io.destine.spark.sink.TableFormat;
import io.destine.spark.sink.TableOutput;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** predict: writes the probability of every row of a table. */
@Command(
    name = "predict",
    mixinStandardHelpOptions = true,
    description = {
      "Writes every row of the input, its values unchanged, with the columns probability and"
          + " probability_reason; or the best rows, with probability and rank.",
      "No label column is needed. A row that cannot be scored has a reason instead of a"
          + " probability."
    })
final class PredictCommand implements Callable<Integer> {
  @Mixin private ModelOptions options;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "Directory to write to, a new one unless --overwrite is given.")
  private String output;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "parquet",
      description =
          "Format of the output: ${COMPLETION-CANDIDATES} (case-insensitive). Default:"
              + " ${DEFAULT-VALUE}.")
  private TableFormat format;

  @Option(
      names = "--columns",
      paramLabel = "NAMES",
      description =
          "Columns of the input to write, in this order, separated by commas; '' for none. Can be"
              + " repeated. Default: all.")
  private List<String> columns;

  @Option(
      names = "--probability-column",
      paramLabel = "NAME",
      defaultValue = PredictionSettings.PROBABILITY,
      description =
          "Name of the column of the probability; the reason is in NAME_reason. Default:"
              + " ${DEFAULT-VALUE}.")
  private String probability;

  @Option(
      names = "--no-reason",
      description = "Leaves out the column with the reason for a missing probability.")
  private boolean noReason;

  @Option(
      names = "--top",
      paramLabel = "N",
      description =
          "Writes only the N rows with the highest probability, in descending order, with their"
              + " rank.")
  private Integer top;

  @Option(
      names = "--by",
      paramLabel = "COLUMN",
      description = "With --top: the N best rows of each value of this column, such as a user.")
  private String by;

  @Option(
      names = "--compression",
      paramLabel = "CODEC",
      description = {
        "parquet: none, snappy, gzip, zstd, lz4_raw; orc: none, snappy, zlib, zstd, lz4;",
        "csv and json: none, gzip, bzip2, deflate, snappy, lz4. Default: none for csv and json,",
        "otherwise as configured in Spark."
      })
  private String compression;

  @Option(
      names = "--files",
      paramLabel = "N",
      description =
          "At most N files, with rows in order. This also limits scoring to N tasks. Default: a"
              + " file for each task.")
  private Integer files;

  @Option(
      names = "--overwrite",
      description = "Replaces the predictions of an earlier run. Nothing else is ever replaced.")
  private boolean overwrite;

  @Override
  public Integer call() {
    long start = System.nanoTime();
    TableFiles written = files();
    PredictionSettings settings = settings();
    CommandLog log = new CommandLog();
    try (Session session = Session.open("predict", options.model())) {
      Configuration hadoop = session.context().hadoopConfiguration();
      try (TableOutput target =
          new TableOutput(hadoop, TableOutput.Kind.PREDICTIONS, output, overwrite)) {
        target.requireApart(hadoop, "model", options.model());
        options.input().ifPresent(input -> target.requireApart(hadoop, "input", input));
        Interruption.writing(session.spark(), target);
        target.begin(log);
        try (OpenedModel opened = options.open(session, output, log)) {
          PredictJob job =
              new PredictJob(session.spark(), opened.model(), opened.config().sourceOfAllRows());
          PredictJob.Outcome outcome = job.run(target, written, settings);
          print(outcome, settings, target, log);
          ObjectNode json = json(outcome, opened.model());
          log.putInto(json);
          json.put("seconds", Console.secondsSince(start));
          Console.result(json);
        }
      }
    }
    return 0;
  }

  private TableFiles files() {
    return new TableFiles(
        format,
        Optional.ofNullable(compression).map(name -> name.toLowerCase(Locale.ROOT)),
        files == null ? OptionalInt.empty() : OptionalInt.of(files));
  }

  private PredictionSettings settings() {
    if (by != null && top == null) {
      throw new UserError("--by is for --top; add --top N, or leave --by out");
    }
    return new PredictionSettings(
        Optional.ofNullable(columns),
        probability,
        !noReason,
        Optional.ofNullable(top).map(n -> new TopRows(n, Optional.ofNullable(by))));
  }

  private static void print(
      PredictJob.Outcome outcome, PredictionSettings settings, TableOutput target, CommandLog log) {
    PrintStream err = Console.err();
    if (settings.top().isPresent()) {
      err.printf(Locale.ROOT, "%,d of %,d rows in %s%n", outcome.written(), outcome.rows(), target);
    } else {
      err.printf(Locale.ROOT, "%,d rows in %s%n", outcome.rows(), target);
    }
    if (outcome.scores().rows() > 0) {
      err.println(settings.probability() + ": " + outcome.scores());
    }
    if (outcome.withoutProbability() > 0) {
      boolean said = settings.reason() && settings.top().isEmpty();
      log.warn(
          List.of(
              String.format(
                  Locale.ROOT,
                  "%,d of %,d rows have no probability; one reason: %s%s",
                  outcome.withoutProbability(),
                  outcome.rows(),
                  outcome.reason().orElse(""),
                  said ? " (all reasons are in the column " + settings.reasonColumn() + ")" : "")));
    }
  }

  private ObjectNode json(PredictJob.Outcome outcome, LoadedModel model) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("rows", outcome.rows());
    json.put("rows_without_probability", outcome.withoutProbability());
    json.put("rows_written", outcome.written());
    json.set("scores", outcome.scores().toJson());
    json.put("output", output);
    json.put("model", options.model());
    json.put("kernel", model.kernel());
    return json;
  }
}

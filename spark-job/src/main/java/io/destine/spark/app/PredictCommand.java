package io.destine.spark.app;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.spark.predict.LoadedModel;
import io.destine.spark.predict.PredictJob;
import io.destine.spark.sink.TableFormat;
import io.destine.spark.sink.TableOutput;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** predict: the probability of every row of a table. */
@Command(
    name = "predict",
    mixinStandardHelpOptions = true,
    description = {
      "Writes every row of the input, its values unchanged, with the columns "
          + PredictJob.PROBABILITY
          + " and "
          + PredictJob.REASON
          + ".",
      "No label column is needed. A row that cannot be read has no probability, but a reason."
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
          "Format of the output: ${COMPLETION-CANDIDATES} (in any case). Default:"
              + " ${DEFAULT-VALUE}.")
  private TableFormat format;

  @Option(
      names = "--overwrite",
      description = "Replace the predictions of an earlier run. Nothing else is ever replaced.")
  private boolean overwrite;

  @Override
  public Integer call() {
    long start = System.nanoTime();
    try (Session session = Session.open("predict", options.model())) {
      Configuration hadoop = session.context().hadoopConfiguration();
      try (TableOutput target =
          new TableOutput(hadoop, TableOutput.Kind.PREDICTIONS, output, overwrite)) {
        target.requireApart(hadoop, "model", options.model());
        options.input().ifPresent(input -> target.requireApart(hadoop, "input", input));
        target.begin(Console.err()::println);
        predict(session, target, start);
      }
    }
    return 0;
  }

  private void predict(Session session, TableOutput target, long start) {
    try (OpenedModel opened = options.open(session)) {
      LoadedModel model = opened.model();
      PredictJob.Outcome outcome =
          new PredictJob(session.spark(), model, opened.config().source()).run(target, format);
      Console.err().printf(Locale.ROOT, "%,d rows in %s%n", outcome.rows(), target);
      if (outcome.withoutProbability() > 0) {
        Console.err()
            .printf(
                Locale.ROOT,
                "warning: %,d of %,d rows have no probability; the column %s says why, such as:"
                    + " %s%n",
                outcome.withoutProbability(),
                outcome.rows(),
                PredictJob.REASON,
                outcome.reason().orElse(""));
      }
      ObjectNode json = JsonNodeFactory.instance.objectNode();
      json.put("rows", outcome.rows());
      json.put("rows_without_probability", outcome.withoutProbability());
      json.put("output", output);
      json.put("model", options.model());
      json.put("kernel", model.kernel());
      json.put("seconds", Console.secondsSince(start));
      Console.result(json);
    }
  }
}

package io.destine.spark.app;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.spark.predict.LoadedModel;
import io.destine.spark.predict.PredictJob;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** predict: the probability of every row of a table. */
@Command(
    name = "predict",
    mixinStandardHelpOptions = true,
    description = {
      "Writes the rows of the source with a column " + PredictJob.PROBABILITY + " added.",
      "No label column is needed. Rows that cannot be encoded go to OUTPUT/_quarantine with their reason."
    })
final class PredictCommand implements Callable<Integer> {
  @Mixin private ModelOptions options;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "Directory to write to.")
  private String output;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "parquet",
      description = "Format of the output: parquet, orc, csv, json. Default: ${DEFAULT-VALUE}.")
  private String format;

  @Option(names = "--overwrite", description = "Replace the output when it exists.")
  private boolean overwrite;

  @Override
  public Integer call() {
    long start = System.nanoTime();
    try (Session session = Session.open("predict", options.model());
        LoadedModel model =
            LoadedModel.open(
                session.context(), options.model(), options.overrides(), options.input())) {
      PredictJob.Outcome outcome =
          new PredictJob(session.spark(), model).run(output, format, overwrite);
      Console.err().printf("%,d rows with their probability in %s%n", outcome.rows(), output);
      if (outcome.badRows() > 0) {
        Console.err().printf("warning: %,d rows in %s/_quarantine%n", outcome.badRows(), output);
      }
      ObjectNode json = JsonNodeFactory.instance.objectNode();
      json.put("rows", outcome.rows());
      json.put("quarantined", outcome.badRows());
      json.put("output", output);
      json.put("model", options.model());
      json.put("kernel", model.kernel());
      json.put("seconds", Console.secondsSince(start));
      Console.result(json);
    }
    return 0;
  }
}

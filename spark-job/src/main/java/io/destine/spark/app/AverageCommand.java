package io.destine.spark.app;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.config.Components;
import io.destine.spark.conf.NightlyConfig;
import io.destine.spark.conf.UserError;
import io.destine.spark.export.AverageJob;
import io.destine.spark.parameters.ModelBase;
import io.destine.spark.store.OutputLock;
import io.destine.spark.train.Outputs;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** average: averages several models into one. */
@Command(
    name = "average",
    mixinStandardHelpOptions = true,
    description = {
      "Averages several models, trained on the same rows with different seeds, into one: its"
          + " logit is the mean of their logits. It usually ranks better than each of them.",
      "The new model is one network of the same kind, whose width is the sum of their widths;"
          + " evaluate, predict, explain, export and scorers accept it. It cannot be used as"
          + " init-model. The driver holds all models in memory."
    })
final class AverageCommand implements Callable<Integer> {
  @Option(
      names = "--models",
      required = true,
      split = ",",
      paramLabel = "DIR",
      description =
          "Two or more model directories, separated by commas, trained with the same configuration"
              + " except for train.seed.")
  private List<String> models;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "Directory of the new model.")
  private String output;

  @Option(
      names = "--overwrite",
      description = "Replaces an existing model. Nothing else is ever replaced.")
  private boolean overwrite;

  @Override
  public Integer call() {
    long start = System.nanoTime();
    CommandLog log = new CommandLog();
    try (Session session = Session.open("average", output)) {
      AverageJob job = new AverageJob(session.context().hadoopConfiguration(), models);
      Outputs.checkAverage(session.context().sc(), output, models);
      if (!overwrite && ModelBase.open(session.context().hadoopConfiguration(), output).exists()) {
        throw new UserError(
            "--output: "
                + output
                + " holds a model; add --overwrite to replace it, or name another directory");
      }
      NightlyConfig.Keeping keeping = Components.defaults(NightlyConfig.Keeping.class);
      try (OutputLock.Held held = Outputs.lock(session.spark(), keeping, output, log).acquire()) {
        String sha256 = job.run(output, held, "destine " + Version.text());
        Console.err().println("model: " + output + ", the mean of " + models.size() + " models");
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("model", output);
        json.put("manifest_sha256", sha256);
        models.forEach(json.putArray("average_of")::add);
        log.putInto(json);
        json.put("seconds", Console.secondsSince(start));
        Console.result(json);
      }
    }
    return 0;
  }
}

package io.destine.spark.app;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.spark.encode.SourceRows;
import io.destine.spark.predict.EvaluateJob;
import io.destine.spark.predict.LoadedModel;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** evaluate: computes the metrics of a model on labelled rows. */
@Command(
    name = "evaluate",
    mixinStandardHelpOptions = true,
    description =
        "Prints the metrics of a model on the test rows of its own source, or on all rows of"
            + " --input or --table.")
final class EvaluateCommand implements Callable<Integer> {
  @Mixin private ModelOptions options;

  @Option(
      names = "--split",
      paramLabel = "SPLIT",
      description =
          "Which rows: ${COMPLETION-CANDIDATES}. Default: test, or all with --input or --table.")
  private SplitChoice rows;

  @Override
  public Integer call() {
    long start = System.nanoTime();
    CommandLog log = new CommandLog();
    try (Session session = Session.open("evaluate", options.model());
        OpenedModel opened = options.open(session, log)) {
      LoadedModel model = opened.model();
      SplitChoice which = SplitChoice.of(rows, options);
      EvaluateJob.Outcome outcome;
      try (SourceRows read = SourceRows.read(session.spark(), which.of(opened.config()))) {
        outcome = new EvaluateJob(session.spark(), model).run(read, which.split());
      }
      String name = which.key();
      Console.metrics(name, outcome.report());
      log.warn(name, outcome.report().warnings());
      if (outcome.badRows() > 0) {
        log.warn(
            List.of(
                String.format(
                    Locale.ROOT,
                    "%,d rows could not be read and are left out",
                    outcome.badRows())));
      }
      ObjectNode json = outcome.report().toJson();
      json.put("split", name);
      json.put("bad_rows", outcome.badRows());
      json.put("model", options.model());
      json.put("kernel", model.kernel());
      log.putInto(json);
      json.put("seconds", Console.secondsSince(start));
      Console.result(json);
    }
    return 0;
  }
}

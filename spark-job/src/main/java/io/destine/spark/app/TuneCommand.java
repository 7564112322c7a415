package io.destine.spark.app;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.spark.conf.TuneFile;
import io.destine.spark.store.MarkedFile;
import io.destine.spark.tune.SearchPlan;
import io.destine.spark.tune.TuneJob;
import io.destine.spark.tune.TuneResult;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** tune: searches for the settings that train the best model. */
@Command(
    name = "tune",
    mixinStandardHelpOptions = true,
    description = {
      "Trains a model for several combinations of the settings in the section tune of the"
          + " configuration, and ranks them by the validation metric.",
      "The metrics of all trials are kept in the directory output.model + \".tune\". The same"
          + " command resumes an interrupted search."
    })
final class TuneCommand implements Callable<Integer> {
  private static final String HEAD = "# Written by tune";

  @Mixin private ConfigOptions options;

  @Option(
      names = "--quick",
      description =
          "Needs no section tune: at most ten trials, which take about as long as ten training"
              + " runs; each changes one thing in the best trial so far: the embedding penalty,"
              + " crosses, label rates, layers, embedding dimension, or batch size together"
              + " with learning rate.")
  private boolean quick;

  @Option(
      names = "--apply",
      paramLabel = "FILE",
      description =
          "Writes the configuration with the best settings to this local file, for train. It may"
              + " hold secrets from the environment and is readable by its owner only.")
  private Path apply;

  @Option(names = "--overwrite", description = "Replaces a file written by an earlier --apply.")
  private boolean overwrite;

  @Override
  public Integer call() {
    TuneFile config = options.tune();
    SearchPlan plan = quick ? SearchPlan.quick(config) : SearchPlan.of(config);
    long start = System.nanoTime();
    Optional<MarkedFile> applied =
        Optional.ofNullable(apply).map(path -> new MarkedFile("--apply", path, HEAD, "tune"));
    applied.ifPresent(file -> file.requireWritable(overwrite));
    String directory = TuneJob.directory(config);
    CommandLog log = new CommandLog();
    try (Session session = Session.open("tune", directory)) {
      session.use(config.base());
      String kept =
          "the finished trials are kept in " + directory + ": the same command resumes the search";
      Interruption.duringTraining(
          session.spark(), () -> Interruption.Remains.of(kept), () -> Optional.of(kept));
      TuneResult result =
          new TuneJob(
                  session.spark(),
                  plan,
                  "destine " + Version.text(),
                  log,
                  (name, train) -> ConsoleProgress.of(name, Console.status(), train))
              .run();
      result.table().lines().forEach(Console.err()::println);
      ObjectNode json = JsonNodeFactory.instance.objectNode();
      json.put("trials", result.size());
      json.put("metric", result.metric().key());
      json.set("best", result.bestJson());
      json.put("directory", directory);
      json.put("report", TuneJob.page(config));
      Console.err().println("best trial on the test rows: " + result.testWords());
      Console.err().println("report: " + TuneJob.page(config));
      if (applied.isPresent()) {
        String text =
            HEAD + ": " + result.best().words() + "\n" + config.text(result.best().values());
        applied.get().write(text, ResolveCommand.FOR_OWNER);
        Console.err().println("configuration: " + apply);
        json.put("configuration", apply.toString());
      }
      log.putInto(json);
      json.put("seconds", Console.secondsSince(start));
      Console.result(json);
    }
    return 0;
  }
}

package io.destine.spark.app;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.UserError;
import io.destine.spark.nightly.NightlyJob;
import io.destine.spark.nightly.Replay;
import io.destine.spark.store.MarkedFile;
import io.destine.train.TrainingListener;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** replay: measures the benefit of nightly retraining on past days. */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    description = {
      "Replays past days through nightly runs. Each day is scored, before any training on it,"
          + " by the published model, the first published model, and a model trained from scratch"
          + " on the days before.",
      "output.model must be a new directory."
    })
final class ReplayCommand implements Callable<Integer> {
  @Mixin private ConfigOptions options;

  @Option(
      names = "--from",
      required = true,
      paramLabel = "DATE",
      description = "The day of the first model's run, as yyyy-MM-dd.")
  private String from;

  @Option(names = "--to", required = true, paramLabel = "DATE", description = "The last day.")
  private String to;

  @Option(
      names = "--scratch-days",
      paramLabel = "N",
      defaultValue = "28",
      description =
          "Days that the model from scratch trains on; 0 leaves it out. Default: ${DEFAULT-VALUE}.")
  private int scratchDays;

  @Option(
      names = "--table",
      paramLabel = "FILE",
      description = "Local file for the metrics of every day, as csv.")
  private Path table;

  @Option(names = "--overwrite", description = "Replaces an earlier file of metrics.")
  private boolean overwrite;

  @Override
  public Integer call() {
    LocalDate first = NightlyCommand.day("--from", from);
    LocalDate last = NightlyCommand.day("--to", to);
    if (!last.isAfter(first)) {
      throw new UserError("--to " + to + " must be after --from " + from);
    }
    if (scratchDays < 0) {
      throw new UserError("--scratch-days must be at least 0, got " + scratchDays);
    }
    JobConfig config = options.read().withoutMetricsFile();
    long start = System.nanoTime();
    String program = "destine " + Version.text();
    Optional<MarkedFile> file =
        Optional.ofNullable(table)
            .map(path -> new MarkedFile("--table", path, Replay.HEADER, "replay"));
    file.ifPresent(target -> target.requireWritable(overwrite));
    try (Session session = Session.open("replay", config.output().model())) {
      session.use(config);
      NightlyJob job =
          new NightlyJob(
              session.spark(),
              config,
              program,
              line -> {},
              train -> new TrainingListener() {},
              Clock.systemUTC());
      Replay replay = new Replay(session.spark(), config, job, program, scratchDays);
      Console.err().println(Replay.HEADER);
      StringBuilder rows = new StringBuilder(Replay.HEADER + "\n");
      List<Replay.Day> days =
          replay.run(
              first,
              last,
              day -> {
                Console.err().println(Replay.row(day));
                rows.append(Replay.row(day)).append('\n');
                file.ifPresent(target -> target.write(rows.toString()));
              });
      ObjectNode json = replay.summary(days);
      json.put("model", config.output().model());
      json.put("seconds", Console.secondsSince(start));
      Console.result(json);
    }
    return 0;
  }
}

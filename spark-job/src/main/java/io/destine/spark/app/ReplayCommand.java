package io.destine.spark.app;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.nightly.NightlyJob;
import io.destine.spark.nightly.Replay;
import io.destine.train.TrainingListener;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** replay: what retraining every night would have been worth. */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    description = {
      "Replays days of the past through nightly runs. On every day, before anything trains on it,"
          + " scores the published model, the first one that was published, and one trained from"
          + " scratch on the days before.",
      "output.model must be a new directory."
    })
final class ReplayCommand implements Callable<Integer> {
  @Mixin private ConfigOptions options;

  @Option(
      names = "--from",
      required = true,
      paramLabel = "DATE",
      description = "The day whose run makes the first model, as yyyy-MM-dd.")
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
      description = "Local file for the figures of every day, as csv.")
  private Path table;

  @Override
  public Integer call() {
    JobConfig config = options.read();
    long start = System.nanoTime();
    String program = "destine " + Version.text();
    try (Session session = Session.open("replay", config.output().model());
        PrintWriter rows = table == null ? null : writer()) {
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
      if (rows != null) {
        rows.println(Replay.HEADER);
      }
      List<Replay.Day> days =
          replay.run(
              NightlyCommand.day("--from", from),
              NightlyCommand.day("--to", to),
              day -> {
                Console.err().println(Replay.row(day));
                if (rows != null) {
                  rows.println(Replay.row(day));
                  rows.flush();
                }
              });
      ObjectNode json = replay.summary(days);
      json.put("model", config.output().model());
      json.put("seconds", Console.secondsSince(start));
      Console.result(json);
    }
    return 0;
  }

  private PrintWriter writer() {
    try {
      return new PrintWriter(Files.newBufferedWriter(table, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + table + ": " + e, e);
    }
  }
}

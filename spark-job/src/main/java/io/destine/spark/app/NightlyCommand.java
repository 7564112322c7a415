package io.destine.spark.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.UserError;
import io.destine.spark.nightly.NightlyJob;
import io.destine.spark.nightly.RunRecord;
import io.destine.spark.report.RunReport;
import io.destine.spark.report.RunResult;
import io.destine.spark.tracking.Tracking;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** nightly: retrains the published model on the rows of a new day. */
@Command(
    name = "nightly",
    mixinStandardHelpOptions = true,
    description = {
      "Checks the rows of a day, scores the published model on them, trains a candidate that"
          + " starts from it, and publishes the candidate if it passes the gate.",
      "A finished date does not run again; a killed run is resumed. predict and evaluate take"
          + " output.model as their --model.",
      "The settings are those of section nightly; see docs/nightly.md."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:published, by this run or an earlier one",
      "1:failure: try again",
      "2:a mistake in the options, the configuration or the day's rows",
      "3:the gate has refused the candidate; the published model stays",
      "4:another run is under way"
    })
final class NightlyCommand implements Callable<Integer> {
  @Mixin private ConfigOptions options;

  @ArgGroup(exclusive = true, multiplicity = "1")
  private Dates dates;

  /** The dates to run. */
  private static final class Dates {
    @Option(
        names = "--date",
        paramLabel = "DATE",
        description = "The day of the new rows, as yyyy-MM-dd.")
    private String date;

    @Option(
        names = "--backfill",
        arity = "2",
        paramLabel = "DATE",
        description = "All days from the first to the second, in order.")
    private List<String> backfill;
  }

  @Option(
      names = "--force",
      description =
          "Runs a finished date again, from the newest model before it among the live one and its"
              + " ancestors.")
  private boolean force;

  @Option(
      names = "--publish-older",
      description =
          "Allows a date before the newest day of the live model; the live model may then be"
              + " replaced by an older one.")
  private boolean publishOlder;

  @Option(
      names = "--from-scratch",
      description =
          "Trains on nightly.first-window-days instead of starting from the published model, for"
              + " instance after a change of the network; ids are kept.")
  private boolean fromScratch;

  @Option(
      names = "--new-crosses",
      description =
          "Like --from-scratch, with new crosses and label rates; ids are new, too, and the gate"
              + " compares on the test rows of the new day.")
  private boolean newCrosses;

  private NightlyJob.Start start() {
    return newCrosses
        ? NightlyJob.Start.NEW_CROSSES
        : fromScratch ? NightlyJob.Start.FROM_SCRATCH : NightlyJob.Start.WARM;
  }

  @Override
  public Integer call() {
    JobConfig config = options.read();
    List<LocalDate> days = days();
    long start = System.nanoTime();
    CommandLog log = new CommandLog();
    try (Session session = Session.open("nightly", config.output().model());
        TrackedNights tracked =
            new TrackedNights(
                Tracking.of(config, session.context().hadoopConfiguration(), log),
                config.output().model())) {
      session.use(config);
      NightlyJob job =
          new NightlyJob(
              session.spark(),
              config,
              "destine " + Version.text(),
              log,
              train -> new ConsoleProgress(Console.status(), train),
              Clock.systemUTC(),
              tracked);
      int refused = 0;
      NightlyJob.Outcome last = null;
      for (LocalDate day : days) {
        if (days.size() > 1) {
          log.begin("--- " + day);
        }
        last = job.run(day, new NightlyJob.Options(force, start(), publishOlder));
        refused += last.run().result() == RunResult.REFUSED ? 1 : 0;
        warn(log, last.run());
        say(last);
      }
      ObjectNode json = summary(config, last);
      json.put("days", days.size());
      json.put("refused", refused);
      log.putInto(json);
      json.put("seconds", Console.secondsSince(start));
      Console.result(json);
      return refused > 0 ? Main.REFUSED : 0;
    }
  }

  private List<LocalDate> days() {
    if (dates.date != null) {
      return List.of(day("--date", dates.date));
    }
    LocalDate from = day("--backfill", dates.backfill.get(0));
    LocalDate to = day("--backfill", dates.backfill.get(1));
    if (to.isBefore(from)) {
      throw new UserError("--backfill: " + from + " is after " + to);
    }
    return Stream.iterate(from, day -> !day.isAfter(to), day -> day.plusDays(1)).toList();
  }

  static LocalDate day(String option, String text) {
    try {
      return LocalDate.parse(text);
    } catch (DateTimeException e) {
      throw new UserError(option + ": \"" + text + "\" is not a date; dates are yyyy-MM-dd");
    }
  }

  private static void warn(CommandLog log, RunRecord run) {
    figures(run.report())
        .forEach(
            (key, figures) -> {
              List<String> texts = new ArrayList<>();
              figures.path("warnings").forEach(text -> texts.add(text.asText()));
              log.warn(run.date() + ": " + key.replace('_', ' '), texts);
            });
  }

  /** The figures of models in a report, by key. */
  private static Map<String, JsonNode> figures(RunReport report) {
    Map<String, JsonNode> figures = new LinkedHashMap<>();
    figures.put("forecast", report.comparison().forecast());
    figures.put("candidate", report.comparison().candidate());
    figures.put("published_same_rows", report.comparison().publishedSameRows());
    figures.values().removeIf(Objects::isNull);
    return figures;
  }

  private static void say(NightlyJob.Outcome outcome) {
    RunRecord run = outcome.run();
    String result = run.result().title().toUpperCase(Locale.ROOT);
    Console.err()
        .println(
            outcome.before()
                ? run.date() + ": already finished, " + result + ": " + run.reasons()
                : run.date() + ": " + result + ": " + run.reasons());
  }

  private static ObjectNode summary(JobConfig config, NightlyJob.Outcome outcome) {
    RunReport report = outcome.run().report();
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("date", outcome.run().date().toString());
    json.put("result", outcome.run().result().key());
    json.put("finished_before", outcome.before());
    json.put("model", config.output().model());
    json.put("published", report.live().published());
    json.put("rows", report.counts().rows());
    figures(report)
        .forEach(
            (key, metrics) -> {
              ObjectNode some = json.putObject(key);
              for (String figure : List.of("auc", "log_loss", "calibration", "rows")) {
                some.set(figure, metrics.path(figure));
              }
            });
    JsonNode difference = report.json().path("candidate_minus_published");
    if (difference.isObject()) {
      json.set("candidate_minus_published", difference);
    }
    json.put("report", config.output().model() + "/runs/" + outcome.run().name() + "/report.html");
    return json;
  }
}

package io.destine.spark.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.UserError;
import io.destine.spark.nightly.NightlyStatus;
import io.destine.spark.nightly.RunName;
import io.destine.spark.nightly.RunRecord;
import io.destine.spark.report.RunReport;
import io.destine.spark.report.RunResult;
import io.destine.spark.source.SourceFailure;
import io.destine.spark.store.CurrentModel;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** status: shows the live model and the results of the last runs. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = "Shows the live model and the metrics of the last nightly runs.")
final class StatusCommand implements Callable<Integer> {
  @Mixin private ConfigOptions options;

  @Option(
      names = "--runs",
      paramLabel = "N",
      defaultValue = "10",
      description = "Number of runs to show. Default: ${DEFAULT-VALUE}.")
  private int runs;

  @Override
  public Integer call() {
    if (runs < 1) {
      throw new UserError("--runs must be at least 1, got " + runs);
    }
    JobConfig config = options.read();
    try (Session session = Session.open("status", config.output().model())) {
      session.use(config);
      NightlyStatus status =
          new NightlyStatus(session.context().hadoopConfiguration(), config.output().model());
      Optional<CurrentModel> live = status.live();
      List<RunRecord> last = status.last(runs);
      Console.err()
          .println(
              live.map(
                      m ->
                          "live: "
                              + m.name()
                              + ", trained up to "
                              + m.date()
                              + ", live since "
                              + m.since())
                  .orElse("live: nothing has been published"));
      Optional<String> missing = live.flatMap(status::missing);
      missing.ifPresent(text -> Console.err().println("warning: " + text));
      status.lock().ifPresent(line -> Console.err().println("under way: " + line));
      Console.err()
          .printf(
              "  %-12s  %-9s %9s %7s %9s %9s %9s %9s %8s%n",
              "date",
              "result",
              "rows",
              "labels",
              "forecast",
              "candidate",
              "published",
              "AUC",
              "seconds");
      // Computed once for both outputs: a day of a table is read by a Spark job.
      Map<RunName, String> changed = new HashMap<>();
      for (RunRecord run : last) {
        String shown;
        try {
          shown = run.changedInput(session.spark(), config.source()).orElse(null);
          if (shown != null) {
            changed.put(run.name(), shown);
          }
        } catch (Exception e) {
          // The input may be deleted or unreadable; this is not reported as a change.
          shown = "input cannot be compared: " + SourceFailure.firstLine(e);
        }
        boolean isLive = live.isPresent() && run.published(live.get().name());
        line(run, status, isLive, shown);
      }
      if (live.isPresent() && last.stream().anyMatch(run -> run.published(live.get().name()))) {
        Console.err().println("* the live model");
      }
      if (!last.isEmpty()) {
        Console.err()
            .println(
                "forecast, candidate, published: log loss; AUC: of the candidate; labels: label"
                    + " rate");
      }
      ObjectNode json = json(live, last, status, changed);
      missing.ifPresent(text -> json.put("live_missing", text));
      Console.result(json);
    }
    return 0;
  }

  /** The result of a run; an unfinished run counts as running only while its process is alive. */
  private static String result(RunRecord run, NightlyStatus status) {
    return status.stopped(run).isPresent() ? "stopped" : run.result().key();
  }

  private static void line(RunRecord run, NightlyStatus status, boolean live, String changed) {
    RunReport.Comparison models = run.report().comparison();
    Console.err()
        .printf(
            Locale.ROOT,
            "%s %-12s  %-9s %9s %7s %9s %9s %9s %9s %8s%n",
            live ? "*" : " ",
            run.name(),
            run.result() == RunResult.PROMOTED ? "published" : result(run, status),
            figure(run.report().counts().rows(), "%,d"),
            figure(run.report().counts().labelRate(), "%.4f"),
            figure(metric(models.forecast(), "log_loss"), "%.4f"),
            figure(metric(models.candidate(), "log_loss"), "%.4f"),
            figure(metric(models.publishedSameRows(), "log_loss"), "%.4f"),
            figure(metric(models.candidate(), "auc"), "%.4f"),
            figure(run.report().progress().seconds(), "%.0f"));
    if (!run.reasons().isEmpty() && !run.result().key().equals("promoted")) {
      Console.err().println("                " + run.reasons());
    }
    status.stopped(run).ifPresent(text -> Console.err().println("                " + text));
    run.rollback().ifPresent(text -> Console.err().println("                " + text));
    if (changed != null) {
      Console.err().println("                " + changed);
    }
  }

  private static String figure(Number value, String format) {
    return value == null ? "-" : String.format(Locale.ROOT, format, value);
  }

  private static Double metric(JsonNode figures, String key) {
    OptionalDouble figure = RunReport.Comparison.figure(figures, key);
    return figure.isPresent() ? figure.getAsDouble() : null;
  }

  private static ObjectNode json(
      Optional<CurrentModel> live,
      List<RunRecord> last,
      NightlyStatus status,
      Map<RunName, String> changed) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("live", live.map(CurrentModel::name).orElse(null));
    json.put("live_date", live.map(m -> m.date().toString()).orElse(null));
    json.put("live_since", live.map(m -> m.since().toString()).orElse(null));
    ArrayNode runs = json.putArray("runs");
    for (RunRecord run : last) {
      ObjectNode row = runs.addObject();
      row.put("run", run.name().toString());
      row.put("date", run.date().toString());
      row.put("live", live.isPresent() && run.published(live.get().name()));
      if (changed.containsKey(run.name())) {
        row.put("input_changed", changed.get(run.name()));
      }
      row.put("result", result(run, status));
      if (run.rollback().isPresent()) {
        row.set("rolled_back", run.report().json().path("rolled_back"));
      }
      RunReport.Comparison models = run.report().comparison();
      RunReport.Comparison.figure(models.forecast(), "log_loss")
          .ifPresent(v -> row.put("forecast_log_loss", v));
      RunReport.Comparison.figure(models.candidate(), "log_loss")
          .ifPresent(v -> row.put("candidate_log_loss", v));
      if (run.report().progress().seconds() != null) {
        row.put("seconds", run.report().progress().seconds());
      }
    }
    return json;
  }
}

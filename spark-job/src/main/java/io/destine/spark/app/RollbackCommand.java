package io.destine.spark.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.UserError;
import io.destine.spark.nightly.NightlyStatus;
import io.destine.spark.nightly.Rollback;
import io.destine.spark.nightly.RunRecord;
import io.destine.spark.report.RunReport;
import io.destine.spark.store.CurrentModel;
import io.destine.spark.tracking.Tracking;
import java.time.Clock;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** rollback: makes an earlier model the live one again. */
@Command(
    name = "rollback",
    mixinStandardHelpOptions = true,
    description = {
      "Makes an earlier model live again: the previous one, or the model of a date or run.",
      "The next nightly run starts from it."
    })
final class RollbackCommand implements Callable<Integer> {
  @Mixin private ConfigOptions options;

  @Option(
      names = "--to",
      paramLabel = "DATE[.N]",
      description =
          "The date of the model, as yyyy-MM-dd, for the newest kept model of this date apart from"
              + " the live one; yyyy-MM-dd.N for the model of run N of the date. Default: the"
              + " newest kept model that is older than the live one and was not rolled back.")
  private String to;

  @Override
  public Integer call() {
    JobConfig config = options.read();
    try (Session session = Session.open("rollback", config.output().model())) {
      CurrentModel live =
          new Rollback(session.spark(), config, Clock.systemUTC())
              .run(Optional.ofNullable(to).map(RollbackCommand::target));
      CommandLog log = new CommandLog();
      Tracking tracking = Tracking.of(config, session.context().hadoopConfiguration(), log);
      new TrackedNights(tracking, config.output().model()).live(live);
      Console.err()
          .println(
              "live: "
                  + live.name()
                  + (live.previous() == null ? "" : " instead of " + live.previous()));
      Optional<RunRecord> run =
          new NightlyStatus(session.context().hadoopConfiguration(), config.output().model())
              .liveRun();
      run.ifPresent(made -> Console.err().println(figures(made)));
      ObjectNode json = JsonNodeFactory.instance.objectNode();
      json.put("live", live.name());
      json.put("live_date", live.date().toString());
      json.put("instead_of", live.previous());
      run.ifPresent(made -> json.set("figures", made.report().comparison().candidate()));
      log.putInto(json);
      Console.result(json);
    }
    return 0;
  }

  private static Rollback.Target target(String text) {
    return Rollback.Target.parse(text)
        .orElseThrow(
            () ->
                new UserError(
                    "--to: \""
                        + text
                        + "\" is neither a date, yyyy-MM-dd, nor the run of a date, yyyy-MM-dd.N"));
  }

  /** The figures of the model in the report of its run. */
  private static String figures(RunRecord run) {
    JsonNode candidate = run.report().comparison().candidate();
    return String.format(
        Locale.ROOT,
        "held-out rows of %s: AUC %.4f  log loss %.4f",
        run.date(),
        RunReport.Comparison.figure(candidate, "auc").orElse(Double.NaN),
        RunReport.Comparison.figure(candidate, "log_loss").orElse(Double.NaN));
  }
}

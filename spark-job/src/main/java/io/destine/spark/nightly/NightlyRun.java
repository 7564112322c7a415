package io.destine.spark.nightly;

import io.destine.metric.EvaluationReport;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.NightlyConfig;
import io.destine.spark.conf.OutputConfig;
import io.destine.spark.conf.UserError;
import io.destine.spark.encode.Split;
import io.destine.spark.encode.StoredVocabulary;
import io.destine.spark.predict.EvaluateJob;
import io.destine.spark.predict.LoadedModel;
import io.destine.spark.source.CheckedRows;
import io.destine.spark.store.CurrentModel;
import io.destine.spark.store.RunLock;
import io.destine.spark.store.Storage;
import io.destine.spark.train.Retraining;
import io.destine.spark.train.TrainJob;
import io.destine.spark.train.TrainResult;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * One run of a date, under the lock: input check, forecast, candidate, gate, publication, report.
 * One thread, one call.
 */
final class NightlyRun {
  private final NightlyContext context;
  private final NightlyConfig nightly;
  private final Configuration hadoop;
  private final NightlyPaths paths;
  private final RunHistory history;
  private final Consumer<String> log;
  private final LocalDate date;
  private final NightlyJob.Options options;
  private final RunLock lock;
  private final RunReport report;
  private final String id = UUID.randomUUID().toString();
  private final Optional<CurrentModel> live;
  private final List<RunRecord> recent;
  private final String name;

  NightlyRun(NightlyContext context, LocalDate date, NightlyJob.Options options, RunLock lock) {
    this.context = context;
    nightly = context.nightly();
    hadoop = context.hadoop();
    paths = context.paths();
    history = context.history();
    log = context.log();
    live = context.live();
    this.date = date;
    this.options = options;
    this.lock = lock;
    recent = history.recent(date, nightly.recentDays());
    report = new RunReport(context.clock(), paths.base(), date, id, context.config().fingerprint());
    List<String> earlier = history.of(date).map(RunRecord::models).orElse(List.of());
    name = earlier.isEmpty() ? date.toString() : date + "." + (earlier.size() + 1);
    report.earlierModels(earlier);
    report.json().put("model_name", name);
  }

  NightlyJob.Outcome go() {
    history.removeLeftovers(live.map(CurrentModel::name).orElse(null), name);
    live.ifPresent(m -> report.live(paths.model(m.name()), m.date(), m.since()));
    history.write(date, report.json());
    try {
      return decided(candidate());
    } catch (RuntimeException e) {
      failed(e);
      throw e;
    }
  }

  private void failed(RuntimeException e) {
    String line = e instanceof UserError mistake ? String.join("; ", mistake.problems()) : null;
    report.error(line != null ? line : String.valueOf(e.getMessage()));
    report.result(RunResult.FAILED);
    report.history(recent);
    try {
      context.write(date, new RunRecord(date, report.json()));
    } catch (RuntimeException second) {
      e.addSuppressed(second);
    }
  }

  /** Everything up to the gate's figures. */
  private Gate candidate() {
    NewDay day = NewDay.check(context.spark(), context.config(), date, recent);
    report.input(day);
    log.accept(
        String.format(
            Locale.ROOT,
            "input: %s: %,d rows, label rate %.4f",
            day.path(),
            day.rows(),
            day.labelRate()));
    report.stage("input");
    CheckedRows rows = CheckedRows.read(context.spark(), context.config().reading(day.path()));
    // A model that has trained on the day does not forecast it.
    boolean forecasts = live.isPresent() && live.get().date().isBefore(date);
    if (forecasts) {
      forecast(rows);
    }
    Optional<String> earlier = parent();
    Optional<String> ids = earlier.or(() -> live.map(m -> paths.model(m.name())));
    Optional<String> parent = options.fromScratch() ? Optional.empty() : earlier;
    report.parent(parent);
    JobConfig settings = settings(parent.isPresent());
    Retraining retraining =
        new Retraining(date, ids, parent, nightly.decayAfterDays(), nightly.decay());
    TrainResult trained =
        new TrainJob(context.spark(), settings, context.program(), log)
            .on(retraining)
            .under(lock)
            .run(true, report.noting(context.progress().apply(settings.train())));
    report.trained(trained);
    StoredVocabulary after = vocabulary(name);
    report.vocabulary(
        ids.map(p -> StoredVocabulary.open(hadoop, p + "/vocabulary").load()).orElse(null),
        after.load());
    if (!forecasts) {
      report.oov(OovRates.of(rows, after), recent);
    }
    EvaluationReport published = null;
    if (live.isPresent()) {
      published = evaluate(CheckedRows.read(context.spark(), settings), Optional.of(Split.TEST));
      report.published(published);
    }
    report.stage("evaluate");
    return Gate.of(nightly.gate(), trained.test(), published);
  }

  private void forecast(CheckedRows rows) {
    EvaluationReport forecast = evaluate(rows, Optional.empty());
    report.forecast(forecast);
    report.oov(OovRates.of(rows, vocabulary(live.get().name())), recent);
    log.accept(
        String.format(
            Locale.ROOT,
            "forecast: published model of %s on the new day: AUC %.4f  log loss %.4f",
            live.get().date(),
            forecast.auc().orElse(Double.NaN),
            forecast.logLoss().orElse(Double.NaN)));
    report.stage("forecast");
  }

  private StoredVocabulary vocabulary(String model) {
    return StoredVocabulary.open(hadoop, paths.model(model) + "/vocabulary");
  }

  private EvaluationReport evaluate(CheckedRows rows, Optional<Split> split) {
    JavaSparkContext cluster = JavaSparkContext.fromSparkContext(context.spark().sparkContext());
    try (LoadedModel model =
        LoadedModel.open(cluster, paths.model(live.get().name()), List.of(), Optional.empty())) {
      return new EvaluateJob(context.spark(), model).run(rows, split).report();
    }
  }

  /** The newest published model that has not seen this day. */
  private Optional<String> parent() {
    if (live.isPresent() && live.get().date().isBefore(date)) {
      return Optional.of(paths.model(live.get().name()));
    }
    List<RunRecord> runs = history.all();
    for (int i = runs.size() - 1; i >= 0; i--) {
      RunRecord run = runs.get(i);
      if (run.date().isBefore(date) && run.result() == RunResult.PROMOTED) {
        String directory = paths.model(run.report().path("model_name").asText());
        if (Storage.exists(context.fileSystem(), new Path(directory))) {
          return Optional.of(directory);
        }
      }
    }
    if (live.isPresent()) {
      log.accept("warning: no earlier model is left to go on from: training from scratch");
    }
    return Optional.empty();
  }

  private JobConfig settings(boolean continued) {
    List<LocalDate> days = CandidateSettings.window(hadoop, nightly, date, continued);
    report.window(days);
    int wanted = continued ? nightly.windowDays() : nightly.firstWindowDays();
    if (days.size() < wanted) {
      log.accept(
          String.format(
              Locale.ROOT, "warning: %d of %d days of the window are there", days.size(), wanted));
    }
    return CandidateSettings.of(
        context.config(),
        days,
        continued,
        new OutputConfig(paths.model(name), Optional.of(paths.data(date))));
  }

  private NightlyJob.Outcome decided(Gate gate) {
    report.gate(gate);
    gate.reasons().forEach(log);
    if (gate.passed()) {
      publish();
    } else {
      lock.requireHeld();
      Storage.delete(context.fileSystem(), new Path(paths.model(name)));
      report.result(RunResult.REFUSED);
    }
    report.stage("publish");
    report.history(recent);
    RunRecord run = new RunRecord(date, report.json());
    context.write(date, run);
    history.removeData();
    history.prune(
        nightly.keepRuns(),
        nightly.keepModels(),
        context.live().map(CurrentModel::name).orElse(null));
    return new NightlyJob.Outcome(run, false);
  }

  private void publish() {
    report.result(RunResult.PROMOTING);
    history.write(date, report.json());
    log.accept("publishing " + paths.model(name));
    lock.requireHeld();
    Instant since = context.clock().instant();
    String previous = live.map(CurrentModel::name).orElse(null);
    new CurrentModel(name, date, since, id, previous).publish(hadoop, paths.base());
    report.live(paths.model(name), date, since);
    report.result(RunResult.PROMOTED);
    log.accept("live: " + paths.model(name));
  }
}

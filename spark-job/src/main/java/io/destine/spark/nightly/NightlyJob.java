package io.destine.spark.nightly;

import io.destine.config.TrainConfig;
import io.destine.metric.EvaluationReport;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.NightlyConfig;
import io.destine.spark.conf.OutputConfig;
import io.destine.spark.conf.SplitConfig;
import io.destine.spark.conf.UserError;
import io.destine.spark.encode.Split;
import io.destine.spark.encode.StoredVocabulary;
import io.destine.spark.predict.EvaluateJob;
import io.destine.spark.predict.LoadedModel;
import io.destine.spark.source.CheckedRows;
import io.destine.spark.store.CurrentModel;
import io.destine.spark.store.Owner;
import io.destine.spark.store.RunLock;
import io.destine.spark.store.Storage;
import io.destine.spark.train.Retraining;
import io.destine.spark.train.TrainJob;
import io.destine.spark.train.TrainResult;
import io.destine.train.TrainingListener;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * Retrains a model on the rows of a new day and publishes it if it is good enough:
 *
 * <ol>
 *   <li>the day's rows are checked: complete, enough, labels as usual;
 *   <li>the published model is scored on all of them, before anything trains on them: a forecast;
 *   <li>a candidate goes on from the published model: its ids and new ones, its parameters and
 *       optimiser state;
 *   <li>both are scored on the same held-out rows, and the gate decides;
 *   <li>the candidate becomes the live model by one file, {@code CURRENT}.
 * </ol>
 *
 * <p>One run at a time, by a lock. A finished date is not run again. A run that was killed is
 * finished by the next one for its date, from its last checkpoint, or cleaned up by another's; the
 * live model is the old or the new one at any moment.
 */
public final class NightlyJob {
  private final SparkSession spark;
  private final JobConfig config;
  private final NightlyConfig nightly;
  private final String program;
  private final Consumer<String> log;
  private final Function<TrainConfig, TrainingListener> progress;
  private final Clock clock;
  private final Configuration hadoop;
  private final FileSystem fileSystem;
  private final NightlyPaths paths;
  private final RunHistory history;

  /**
   * How a date is run.
   *
   * @param force also when it is finished, or older than the published model
   * @param fromScratch without going on from the published model but for its ids
   */
  public record Options(boolean force, boolean fromScratch) {}

  /**
   * How a run ended.
   *
   * @param run its record
   * @param before true when it had been finished before, and nothing was done
   */
  public record Outcome(RunRecord run, boolean before) {}

  /**
   * A job.
   *
   * @param program name and version, for manifests
   * @param log takes lines for people
   * @param progress is told how training goes
   * @throws UserError when the configuration does not allow it
   */
  public NightlyJob(
      SparkSession spark,
      JobConfig config,
      String program,
      Consumer<String> log,
      Function<TrainConfig, TrainingListener> progress,
      Clock clock) {
    this.spark = spark;
    this.config = config;
    this.program = program;
    this.log = log;
    this.progress = progress;
    this.clock = clock;
    nightly = config.nightly();
    hadoop = spark.sparkContext().hadoopConfiguration();
    paths = new NightlyPaths(config.output().model());
    fileSystem = Storage.of(hadoop, new Path(paths.base()));
    history = new RunHistory(fileSystem, paths);
    NewDay.path(nightly, LocalDate.EPOCH);
    if (!(config.split() instanceof SplitConfig.ByFraction split)
        || split.test() == 0
        || split.validation() == 0) {
      throw new UserError(
          "split: must be by fraction with validation and test rows for a nightly run, on which"
              + " candidate and published model are compared");
    }
  }

  /**
   * Runs a date.
   *
   * @throws UserError when the date or its rows are not fit
   * @throws io.destine.spark.store.LockedException when another run is under way
   */
  public Outcome run(LocalDate date, Options options) {
    if (date.isAfter(LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC))) {
      throw new UserError("--date: must not be after today, got " + date);
    }
    try (RunLock lock = lock()) {
      recover();
      Optional<Outcome> done = finished(date, options);
      return done.isPresent() ? done.get() : new Run(date, options, lock).go();
    }
  }

  private RunLock lock() {
    Owner owner = Owner.ofThisProcess(spark.sparkContext().applicationId());
    try {
      return RunLock.acquire(fileSystem, paths.lock(), owner, lease(nightly), clock);
    } catch (IllegalArgumentException e) {
      throw new UserError("output.model: " + e.getMessage());
    }
  }

  static Duration lease(NightlyConfig config) {
    return Duration.ofMillis((long) (config.lockMinutes() * 60_000));
  }

  /** Completes the report of a run that published its model and could not say so any more. */
  private void recover() {
    Optional<CurrentModel> current = CurrentModel.read(hadoop, paths.base());
    Optional<RunRecord> last = current.flatMap(live -> history.of(live.date()));
    if (last.isPresent()
        && last.get().result() != RunResult.PROMOTED
        && last.get().id().equals(current.get().run())) {
      CurrentModel live = current.get();
      RunReport.finish(last.get().report(), paths.model(live.name()), live, clock);
      write(live.date(), last.get());
    }
  }

  /** What is known of a date that needs no run. */
  private Optional<Outcome> finished(LocalDate date, Options options) {
    Optional<CurrentModel> current = CurrentModel.read(hadoop, paths.base());
    Optional<RunRecord> before = history.of(date);
    if (options.force()) {
      return Optional.empty();
    }
    if (before.isPresent() && before.get().result().finished()) {
      if (!before.get().fingerprint().equals(config.fingerprint())) {
        throw new UserError(
            "--date: "
                + date
                + " was "
                + before.get().result().key()
                + " with other settings; --force runs it again with these");
      }
      return Optional.of(new Outcome(before.get(), true));
    }
    if (current.isPresent() && !current.get().date().isBefore(date)) {
      throw new UserError(
          "--date: must be after "
              + current.get().date()
              + ", the newest day of the published model, got "
              + date
              + " (--force runs it all the same)");
    }
    return Optional.empty();
  }

  private void write(LocalDate date, RunRecord run) {
    history.write(date, run.report());
    new RunPages(fileSystem, paths, nightly, log).write(date, run.report());
  }

  /** One run of a date, under the lock. */
  private final class Run {
    private final LocalDate date;
    private final Options options;
    private final RunLock lock;
    private final RunReport report;
    private final String id = UUID.randomUUID().toString();
    private final Optional<CurrentModel> live = CurrentModel.read(hadoop, paths.base());
    private final List<RunRecord> recent;
    private final String name;

    Run(LocalDate date, Options options, RunLock lock) {
      this.date = date;
      this.options = options;
      this.lock = lock;
      recent = history.recent(date, nightly.recentDays());
      report = new RunReport(clock, paths.base(), date, id, config.fingerprint());
      List<String> earlier = history.of(date).map(RunRecord::models).orElse(List.of());
      name = earlier.isEmpty() ? date.toString() : date + "." + (earlier.size() + 1);
      report.earlierModels(earlier);
      report.json().put("model_name", name);
    }

    Outcome go() {
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
        write(date, new RunRecord(date, report.json()));
      } catch (RuntimeException second) {
        e.addSuppressed(second);
      }
    }

    /** Everything up to the gate's figures. */
    private Gate candidate() {
      NewDay day = NewDay.check(spark, config, date, recent);
      report.input(day);
      log.accept(
          String.format(
              Locale.ROOT,
              "input: %s: %,d rows, label rate %.4f",
              day.path(),
              day.rows(),
              day.labelRate()));
      report.stage("input");
      CheckedRows rows = CheckedRows.read(spark, config.reading(day.path()));
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
          new TrainJob(spark, settings, program, log)
              .on(retraining)
              .run(true, report.noting(progress.apply(settings.train())));
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
        published = evaluate(CheckedRows.read(spark, settings), Optional.of(Split.TEST));
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
      JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
      try (LoadedModel model =
          LoadedModel.open(context, paths.model(live.get().name()), List.of(), Optional.empty())) {
        return new EvaluateJob(spark, model).run(rows, split).report();
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
          if (Storage.exists(fileSystem, new Path(directory))) {
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
                Locale.ROOT,
                "warning: %d of %d days of the window are there",
                days.size(),
                wanted));
      }
      return CandidateSettings.of(
          config,
          days,
          continued,
          new OutputConfig(paths.model(name), Optional.of(paths.data(date))));
    }

    private Outcome decided(Gate gate) {
      report.gate(gate);
      gate.reasons().forEach(log);
      if (gate.passed()) {
        publish();
      } else {
        Storage.delete(fileSystem, new Path(paths.model(name)));
        report.result(RunResult.REFUSED);
      }
      report.stage("publish");
      report.history(recent);
      RunRecord run = new RunRecord(date, report.json());
      write(date, run);
      history.removeData();
      history.prune(
          nightly.keepRuns(),
          nightly.keepModels(),
          CurrentModel.read(hadoop, paths.base()).map(CurrentModel::name).orElse(null));
      return new Outcome(run, false);
    }

    private void publish() {
      report.result(RunResult.PROMOTING);
      history.write(date, report.json());
      log.accept("publishing " + paths.model(name));
      lock.requireHeld();
      Instant since = clock.instant();
      String previous = live.map(CurrentModel::name).orElse(null);
      new CurrentModel(name, date, since, id, previous).publish(hadoop, paths.base());
      report.live(paths.model(name), date, since);
      report.result(RunResult.PROMOTED);
      log.accept("live: " + paths.model(name));
    }
  }
}

package io.destine.spark.nightly;

import io.destine.artifact.FileDigest;
import io.destine.artifact.Manifest;
import io.destine.artifact.ModelReader;
import io.destine.calibration.Calibration;
import io.destine.config.Components;
import io.destine.metric.EvaluationReport;
import io.destine.metric.LossDifference;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.ModelSettings;
import io.destine.spark.conf.NightlyConfig;
import io.destine.spark.conf.Redaction;
import io.destine.spark.conf.UserError;
import io.destine.spark.encode.CountWindow;
import io.destine.spark.encode.EncodedDataSet;
import io.destine.spark.encode.FieldCounts;
import io.destine.spark.encode.SourceRows;
import io.destine.spark.encode.Split;
import io.destine.spark.encode.StoredVocabulary;
import io.destine.spark.evaluate.Comparison;
import io.destine.spark.parameters.ModelBase;
import io.destine.spark.predict.EvaluateJob;
import io.destine.spark.predict.LoadedModel;
import io.destine.spark.report.RunReport;
import io.destine.spark.report.RunResult;
import io.destine.spark.source.SourceFailure;
import io.destine.spark.store.CurrentModel;
import io.destine.spark.store.Publications;
import io.destine.spark.store.RunLock;
import io.destine.spark.store.Storage;
import io.destine.spark.train.Retraining;
import io.destine.spark.train.TrainJob;
import io.destine.spark.train.TrainResult;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * One run of a date, under the lock: input check, forecast, candidate, gate, publication, report.
 * One thread, one call.
 */
final class NightlyRun {
  /** Tensors and side tables. The parent and the rows determine the vocabulary. */
  private static final Pattern CONTENT =
      Pattern.compile("[^/]+\\.safetensors|vocabulary/(keys|table)-.*");

  private final NightlyContext context;
  private final NightlyConfig nightly;
  private final Configuration hadoop;
  private final NightlyPaths paths;
  private final RunHistory history;
  private final Consumer<String> log;
  private final LocalDate date;
  private final NightlyJob.Options options;
  private final RunLock lock;
  private final ReportBuilder report;
  private final String id = UUID.randomUUID().toString();
  private final Publications publications;

  /**
   * Number of the file that names the live model; this run publishes under the next number or not
   * at all.
   */
  private final long number;

  private final Optional<CurrentModel> live;
  private final List<RunRecord> recent;
  private final RunName name;
  private DayInput input;

  NightlyRun(NightlyContext context, LocalDate date, NightlyJob.Options options, RunLock lock) {
    this.context = context;
    nightly = context.nightly();
    hadoop = context.hadoop();
    paths = context.paths();
    history = context.history();
    log = context.log();
    publications = context.publications();
    Publications.State state = publications.state();
    number = state.number();
    live = state.live();
    this.date = date;
    this.options = options;
    this.lock = lock;
    recent = history.recent(date, nightly.check().recentDays());
    name = history.next(date, live);
    ModelSettings settings = ModelSettings.of(context.config());
    report = new ReportBuilder(context.clock(), paths.base(), name, id, lock.owner(), settings);
    if (name.number() > 1) {
      history.of(RunName.first(date)).ifPresent(report::firstForecast);
    }
  }

  NightlyJob.Outcome go() {
    live.ifPresent(m -> report.live(paths.model(m.name()), m.date(), m.since()));
    try {
      input = context.input().pinned(stoppedOn());
      input.requireThere(date);
    } catch (UserError e) {
      // Not recorded: a mistyped date would otherwise stay in the history forever.
      failed(e);
      context.metrics(record());
      throw e;
    }
    history.adoptCheckpoints(name);
    input.snapshot().ifPresent(report::snapshot);
    history.removeLeftovers(live.map(CurrentModel::name).orElse(null), name);
    history.write(name, report.report());
    try {
      Gate gate = candidate();
      NightlyJob.Outcome outcome = gate == null ? unchanged() : decided(gate);
      RunRecord ended = gate == null ? recordOf(live.get().name()) : record();
      context.listener().ended(ended, paths.model(name.toString()));
      return outcome;
    } catch (Throwable e) {
      lock.requireHeldAfter(e);
      failed(e);
      try {
        context.write(record());
      } catch (Throwable second) {
        e.addSuppressed(second);
      }
      context.listener().ended(record(), paths.model(name.toString()));
      throw e;
    }
  }

  /** The snapshot of the stopped run that this run resumes. */
  private Optional<RunReport.Snapshot> stoppedOn() {
    return history
        .goesOnWith(name)
        .filter(run -> run.result().underWay())
        .map(run -> run.report().source().snapshot());
  }

  private RunRecord record() {
    return new RunRecord(name, report.report());
  }

  private void failed(Throwable e) {
    List<String> lines =
        e instanceof UserError mistake ? mistake.problems() : List.of(SourceFailure.firstLine(e));
    report.error(Redaction.text(String.join("; ", lines)));
    report.result(RunResult.FAILED);
    report.history(recent);
  }

  /**
   * Everything up to the decision of the gate; null if the candidate is identical to the live
   * model.
   */
  private Gate candidate() {
    Optional<RunReport.Files> files = input.files(date);
    JobConfig config =
        live.map(model -> vocabulary(paths.model(model.name())).fields().inputs())
            .map(context.config()::withChosen)
            .orElse(context.config());
    try (SourceRows rows = NewDay.read(context.spark(), config, input, date)) {
      return candidate(rows, files);
    }
  }

  private Gate candidate(SourceRows rows, Optional<RunReport.Files> files) {
    NewDay day = NewDay.check(rows, context.config(), input.name(date), recent);
    report.input(day, input.source(List.of(date)), files);
    log.accept(
        String.format(
            Locale.ROOT,
            "input: %s: %,d rows, label rate %.4f",
            day.source(),
            day.rows(),
            day.labelRate()));
    report.stage("input");
    Optional<String> published = live.map(m -> paths.model(m.name()));
    published.ifPresent(
        model ->
            DaySchemas.requireFields(
                day.source(), vocabulary(model).fields().inputs(), rows.fields()));
    boolean keepsIds = options.start() != NightlyJob.Start.NEW_CROSSES;
    Optional<String> ids = published.filter(model -> keepsIds);
    int oovBuckets = context.config().vocabulary().oovBuckets();
    ids.ifPresent(model -> vocabulary(model).requireOovBuckets(oovBuckets, "the published model"));
    Optional<LocalDate> rated = ratesDate();
    // Metrics of a model that was trained on the day, or whose label rates come from it, are not a
    // forecast.
    boolean forecasts =
        live.isPresent()
            && live.get().date().isBefore(date)
            && rated.filter(newest -> !newest.isBefore(date)).isEmpty();
    if (forecasts) {
      forecast(rows);
    }
    Optional<String> parent =
        options.start() == NightlyJob.Start.WARM ? parent() : Optional.empty();
    report.parent(parent);
    boolean continued = parent.isPresent();
    List<LocalDate> days = CandidateSettings.window(input, nightly, date, continued);
    JobConfig settings = settings(days, continued);
    if (published.isPresent() && !keepsIds) {
      settings = settings.withChosen(vocabulary(published.get()).fields().inputs());
    }
    boolean seen = rated.filter(newest -> !days.get(0).isAfter(newest)).isPresent();
    Retraining retraining =
        new Retraining(
            date,
            ids,
            seen,
            parent,
            countWindow(days),
            nightly.aging().decayAfterDays(),
            nightly.aging().decay());
    TrainResult trained =
        new TrainJob(context.spark(), settings, context.program(), log)
            .on(retraining)
            .having(rows)
            .under(lock)
            .tracked(context.listener().training(name))
            .run(true, report.noting(context.progress().apply(settings.train())));
    report.trained(trained);
    if (isLiveAgain()) {
      return null;
    }
    StoredVocabulary after = vocabulary(paths.model(name.toString()));
    report.vocabulary(ids.map(this::vocabulary).orElse(null), after);
    if (!forecasts) {
      report.oov(oovRates(rows, after), recent);
    }
    EvaluationReport mine = trained.test();
    EvaluationReport before = null;
    if (live.isPresent()) {
      if (!keepsIds) {
        mine = ofDay(rows);
        report.candidate(mine);
      }
      Comparison comparison = compare(settings, keepsIds ? Optional.empty() : Optional.of(rows));
      before = comparison.published();
      report.published(before);
      report.difference(comparison.difference());
      describe(comparison.difference());
    }
    report.stage("evaluate");
    return Gate.of(nightly.gate(), mine, before);
  }

  private Optional<CountWindow> countWindow(List<LocalDate> days) {
    if (nightly.window().minCountDays() == 1) {
      return Optional.empty();
    }
    return Optional.of(new CountWindow(date, nightly.window().minCountDays(), days));
  }

  private void forecast(SourceRows rows) {
    EvaluationReport forecast;
    try (LoadedModel model = open(live.get().name())) {
      forecast = new EvaluateJob(context.spark(), model).run(rows, Optional.empty()).report();
    }
    report.forecast(forecast);
    report.oov(oovRates(rows, vocabulary(paths.model(live.get().name()))), recent);
    log.accept(
        String.format(
            Locale.ROOT,
            "forecast: published model of %s on the new day: AUC %.4f  log loss %.4f",
            live.get().date(),
            forecast.auc().orElse(Double.NaN),
            forecast.logLoss().orElse(Double.NaN)));
    report.stage("forecast");
  }

  /** For each field with ids, the share of values without their own id in a vocabulary. */
  private static Map<String, Double> oovRates(SourceRows rows, StoredVocabulary vocabulary) {
    return FieldCounts.withoutLabelRates(rows.encoded(vocabulary, Optional.empty()), vocabulary)
        .oovRates(vocabulary.fields().specs());
  }

  /**
   * The newest day of the rows from which the label rates of the live model are computed, if any.
   */
  private Optional<LocalDate> ratesDate() {
    return live.filter(model -> vocabulary(paths.model(model.name())).fields().rates().length > 0)
        .map(
            model ->
                Retraining.vocabularyDate(hadoop, paths.model(model.name())).orElse(model.date()));
  }

  private StoredVocabulary vocabulary(String model) {
    return StoredVocabulary.open(hadoop, model + "/vocabulary");
  }

  private LoadedModel open(String name) {
    JavaSparkContext cluster = JavaSparkContext.fromSparkContext(context.spark().sparkContext());
    return LoadedModel.open(cluster, paths.model(name));
  }

  /** Evaluates the candidate on the test rows of the day. */
  private EvaluationReport ofDay(SourceRows rows) {
    try (LoadedModel candidate = open(name.toString())) {
      return new EvaluateJob(context.spark(), candidate)
          .run(rows, Optional.of(Split.TEST))
          .report();
    }
  }

  /**
   * Compares the candidate with the published model on the held-out rows.
   *
   * @param day the rows of the day; each model encodes its test rows with its own ids. If empty,
   *     the candidate's encoded rows are used, with its ids mapped to the published model's
   */
  private Comparison compare(JobConfig settings, Optional<SourceRows> day) {
    try (LoadedModel published = open(live.get().name());
        LoadedModel candidate = open(name.toString())) {
      EvaluateJob job = new EvaluateJob(context.spark(), published);
      if (day.isPresent()) {
        return job.compare(candidate, day.get(), Split.TEST);
      }
      EncodedDataSet data = EncodedDataSet.load(context.spark(), settings.output().data());
      return job.compare(candidate, data, Split.TEST);
    }
  }

  private void describe(LossDifference difference) {
    difference
        .interval()
        .ifPresent(
            interval ->
                log.accept(
                    String.format(
                        Locale.ROOT,
                        "candidate minus published log loss: %+.4f, 95%% interval %+.4f to %+.4f",
                        difference.mean().getAsDouble(),
                        interval.low(),
                        interval.high())));
  }

  /** The newest model that has not seen this day, among the live one and its ancestors. */
  private Optional<String> parent() {
    Optional<String> parent =
        live.flatMap(model -> new Ancestry(hadoop, paths).before(model, date));
    if (live.isPresent() && parent.isEmpty()) {
      log.accept("warning: no earlier model is left to start from: training from scratch");
    }
    return parent;
  }

  /** True if the live model has seen the day and the candidate is identical to it. */
  private boolean isLiveAgain() {
    return live.isPresent()
        && !live.get().date().isBefore(date)
        && content(live.get().name()).equals(content(name.toString()));
  }

  /** Everything that probabilities and the next night depend on. */
  private record Content(Map<String, FileDigest> tensors, Calibration logits) {}

  private Content content(String model) {
    Manifest manifest = ModelBase.open(hadoop, paths.model(model)).read(ModelReader::manifest);
    Map<String, FileDigest> tensors = new TreeMap<>(manifest.files());
    tensors.keySet().removeIf(file -> !CONTENT.matcher(file).matches());
    return new Content(tensors, manifest.logitMap());
  }

  /** A model cannot be compared with itself: the live one stays, with the report of its run. */
  private NightlyJob.Outcome unchanged() {
    String model = live.get().name();
    log.accept("the candidate is identical to the live model " + model + ": nothing to publish");
    lock.requireHeld();
    Storage.delete(context.fileSystem(), new Path(paths.model(name.toString())));
    history.remove(name);
    Optional<RunRecord> before = history.ofModel(model);
    report.result(RunResult.PROMOTED);
    RunRecord standing = before.orElseGet(() -> recordOf(model));
    // Pages, list and figures may show an earlier attempt of this run that failed.
    before.ifPresent(run -> context.pages().page(run.name(), history.all()));
    context.index();
    context.metrics(standing);
    return new NightlyJob.Outcome(standing, true);
  }

  /** The record of a run whose candidate is identical to the live model. */
  private RunRecord recordOf(String model) {
    RunReport own = report.report();
    RunReport.Identity identity = Components.with(own.identity(), "modelName", model);
    return new RunRecord(name, Components.with(own, "identity", identity));
  }

  private JobConfig settings(List<LocalDate> days, boolean continued) {
    report.window(days);
    new DaySchemas(context.spark(), context.config(), input).requireSame(days);
    int wanted = continued ? nightly.window().windowDays() : nightly.window().firstWindowDays();
    if (days.size() < wanted) {
      log.accept(
          String.format(
              Locale.ROOT,
              "warning: the window has complete rows for %d of %d days",
              days.size(),
              wanted));
    }
    return CandidateSettings.of(
        context.config(),
        input.source(days),
        continued,
        context.config().output().at(paths.model(name.toString()), Optional.of(paths.data(name))));
  }

  private NightlyJob.Outcome decided(Gate gate) {
    report.gate(gate);
    gate.reasons().forEach(log);
    if (gate.passed()) {
      publish();
    } else {
      lock.requireHeld();
      Storage.delete(context.fileSystem(), new Path(paths.model(name.toString())));
      report.result(RunResult.REFUSED);
    }
    report.stage("publish");
    report.history(recent);
    RunRecord run = record();
    context.write(run);
    history.removeData();
    history.prune(
        nightly.keeping().keepRuns(),
        nightly.keeping().keepModels(),
        context.live().stream()
            .flatMap(model -> Stream.of(model.name(), model.previous()))
            .filter(Objects::nonNull)
            .toList());
    context.index();
    return new NightlyJob.Outcome(run, false);
  }

  private void publish() {
    report.result(RunResult.PROMOTING);
    history.write(name, report.report());
    log.accept("publishing " + paths.model(name.toString()));
    lock.requireHeld();
    Instant since = context.clock().instant();
    String previous = live.map(CurrentModel::name).orElse(null);
    publications.publish(number, new CurrentModel(name.toString(), date, since, id, previous));
    report.live(paths.model(name.toString()), date, since);
    report.result(RunResult.PROMOTED);
    log.accept("live: " + paths.model(name.toString()));
  }
}

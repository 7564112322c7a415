package io.destine.spark.nightly;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.config.Components;
import io.destine.feature.FieldSpec;
import io.destine.feature.SideTable;
import io.destine.feature.SideTables;
import io.destine.metric.EvaluationReport;
import io.destine.metric.Interval;
import io.destine.metric.LossDifference;
import io.destine.optim.RateSchedule;
import io.destine.spark.conf.ModelSettings;
import io.destine.spark.conf.SourceConfig;
import io.destine.spark.encode.StoredVocabulary;
import io.destine.spark.report.RunReport;
import io.destine.spark.report.RunResult;
import io.destine.spark.source.TableSnapshot;
import io.destine.spark.store.CurrentModel;
import io.destine.spark.store.Owner;
import io.destine.spark.train.TrainResult;
import io.destine.train.TrainingListener;
import io.destine.train.Validation;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;

/** Builds the report of a run during the run. One thread. */
final class ReportBuilder {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Clock clock;
  private final long start = System.nanoTime();
  private long stageStart = start;

  private final RunReport.Identity identity;
  private final Instant started;
  private RunResult result;
  private Instant finished;
  private double seconds;
  private final List<RunReport.Stage> stages = new ArrayList<>();
  private List<String> reasons = List.of();
  private String error;
  private RunReport.Source source = new RunReport.Source(null, null, null, null, null, null, null);
  private RunReport.Counts counts = new RunReport.Counts(null, null, null, null, null, null);
  private String parent;
  private final ArrayNode learning = JsonNodeFactory.instance.arrayNode();
  private TrainResult trained;
  private JsonNode forecast;
  private JsonNode firstForecast;
  private JsonNode candidate;
  private JsonNode published;
  private RunReport.Differences difference;
  private List<RunReport.Check> gate = List.of();
  private RunReport.Growth vocabulary;
  private final List<RunReport.SideTableChange> sideTables = new ArrayList<>();
  private final List<RunReport.OovRate> oov = new ArrayList<>();
  private final List<RunReport.Day> history = new ArrayList<>();
  private RunReport.Live live = new RunReport.Live(null, null, null, null);

  ReportBuilder(
      Clock clock, String base, RunName name, String runId, Owner owner, ModelSettings settings) {
    this.clock = clock;
    ObjectNode process = JsonNodeFactory.instance.objectNode();
    owner.putInto(process);
    identity =
        new RunReport.Identity(
            base,
            name.date(),
            name.toString(),
            runId,
            process,
            settings.fingerprint(),
            settings.values());
    started = now(clock);
    result(RunResult.RUNNING);
  }

  private static Instant now(Clock clock) {
    return clock.instant().truncatedTo(ChronoUnit.SECONDS);
  }

  /** The report so far; its end is the time of the last {@link #result}. */
  RunReport report() {
    RunReport.Training training =
        trained == null
            ? new RunReport.Training(parent, null, null, learning, null, null)
            : new RunReport.Training(
                parent,
                trained.kernel(),
                trained.epochs(),
                // Includes the epochs before the checkpoint of a resumed run.
                JSON.valueToTree(trained.learning()),
                trained.trainRows(),
                JSON.valueToTree(trained.stepTime().json()));
    return new RunReport(
        identity,
        new RunReport.Progress(result, started, finished, seconds, stages, reasons, error),
        source,
        counts,
        training,
        new RunReport.Comparison(forecast, firstForecast, candidate, published, difference, gate),
        new RunReport.Drift(vocabulary, sideTables, oov, history),
        live);
  }

  /** Records the progress of the run, and the current time as its end. */
  void result(RunResult result) {
    this.result = result;
    finished = now(clock);
    seconds = seconds(start);
  }

  private static double seconds(long since) {
    return Math.round((System.nanoTime() - since) * 1e-6) / 1000.0;
  }

  /** Ends a stage, which began at the end of the previous stage. */
  void stage(String name) {
    stages.add(new RunReport.Stage(name, seconds(stageStart)));
    stageStart = System.nanoTime();
  }

  /** Ends the stages of encoding and training. */
  void trained(TrainResult result) {
    double all = seconds(stageStart);
    double encode = Math.round(result.encodeSeconds() * 1000) / 1000.0;
    stages.add(new RunReport.Stage("encode", encode));
    stages.add(new RunReport.Stage("train", Math.round((all - encode) * 1000) / 1000.0));
    stageStart = System.nanoTime();
    trained = result;
    candidate = result.testFigures();
  }

  /** Metrics of the candidate that replace those on the test rows of its training. */
  void candidate(EvaluationReport report) {
    candidate = report.toJson();
  }

  /** The forecast of the date's first run, made before any training on the date. */
  void firstForecast(RunRecord first) {
    firstForecast = first.report().comparison().forecast();
  }

  void reasons(List<String> reasons) {
    this.reasons = reasons;
  }

  void error(String line) {
    error = line;
    reasons(List.of(line));
  }

  void live(String directory, LocalDate date, Instant since) {
    live = liveModel(directory, date, since);
  }

  private static RunReport.Live liveModel(String directory, LocalDate date, Instant since) {
    return new RunReport.Live(directory, date, since.truncatedTo(ChronoUnit.SECONDS), null);
  }

  /** The snapshot of the table that the run reads. */
  void snapshot(TableSnapshot snapshot) {
    RunReport.Snapshot read =
        new RunReport.Snapshot(snapshot.id(), snapshot.committed().toString());
    source = new RunReport.Source(null, null, null, read, null, null, null);
  }

  /** The input of the run; the window is filled by {@link #window}. */
  void input(NewDay day, SourceConfig config, Optional<RunReport.Files> files) {
    Optional<String> table = config.rows().table();
    source =
        new RunReport.Source(
            table.isPresent() ? null : day.source(),
            table.orElse(null),
            table.map(name -> String.join(" or ", config.rows().where())).orElse(null),
            source.snapshot(),
            files.orElse(null),
            null,
            null);
    counts =
        new RunReport.Counts(
            day.rows(), day.quarantined(), day.labelRate(), day.low(), day.high(), day.minRows());
  }

  void window(List<LocalDate> days) {
    source =
        new RunReport.Source(
            source.path(),
            source.table(),
            source.where(),
            source.snapshot(),
            source.files(),
            days.stream().map(LocalDate::toString).toList(),
            null);
  }

  void parent(Optional<String> directory) {
    parent = directory.orElse(null);
  }

  void forecast(EvaluationReport report) {
    forecast = report.toJson();
  }

  void published(EvaluationReport report) {
    published = report.toJson();
  }

  /** The candidate's log loss minus the published model's, on the same rows. */
  void difference(LossDifference losses) {
    OptionalDouble mean = losses.mean();
    difference =
        new RunReport.Differences(
            new RunReport.Difference(
                mean.isPresent() ? mean.getAsDouble() : null,
                losses.interval().map(Interval::low).orElse(null),
                losses.interval().map(Interval::high).orElse(null)));
  }

  void gate(Gate decided) {
    gate = decided.checks();
    reasons(decided.reasons());
  }

  /** OOV rates of the new day, with the mean rates of recent runs. */
  void oov(Map<String, Double> rates, List<RunRecord> recent) {
    rates.forEach(
        (field, rate) -> {
          OptionalDouble mean =
              recent.stream()
                  .flatMap(run -> run.report().drift().oov().stream())
                  .filter(row -> field.equals(row.field()) && row.rate() != null)
                  .mapToDouble(RunReport.OovRate::rate)
                  .average();
          oov.add(new RunReport.OovRate(field, rate, mean.isPresent() ? mean.getAsDouble() : null));
        });
  }

  /** Ids before and after, by field; before is null if no ids are kept. */
  void vocabulary(StoredVocabulary before, StoredVocabulary after) {
    List<RunReport.FieldGrowth> fields = new ArrayList<>();
    int[] old = before == null ? null : before.valuesByField();
    int[] now = after.valuesByField();
    for (int m = 0; m < now.length; m++) {
      FieldSpec spec = after.fields().specs().get(m);
      if (!spec.hashed()) {
        Long then = old == null ? null : Long.valueOf(old[m]);
        fields.add(new RunReport.FieldGrowth(spec.name(), then, (long) now[m]));
      }
    }
    Long size = before == null ? null : Long.valueOf(before.size());
    vocabulary = new RunReport.Growth(size, (long) after.size(), fields);
    List<SideTable> tables = after.fields().tables();
    for (int t = 0; t < tables.size(); t++) {
      sideTables.add(sideTable(before, after, t));
    }
  }

  private static RunReport.SideTableChange sideTable(
      StoredVocabulary before, StoredVocabulary after, int t) {
    SideTable table = after.fields().tables().get(t);
    long rows = after.sideTables().table(t).rows() - 1;
    int u = before == null ? -1 : before.fields().tables().indexOf(table);
    Optional<SideTables.Changes> changes =
        u < 0 ? Optional.empty() : after.sideTables().changes(t, before.sideTables(), u);
    return new RunReport.SideTableChange(
        table.name(),
        rows,
        changes.map(SideTables.Changes::added).orElse(null),
        changes.map(SideTables.Changes::removed).orElse(null),
        changes.map(SideTables.Changes::changed).orElse(null));
  }

  /** The last days, including this one. */
  void history(List<RunRecord> recent) {
    history.clear();
    recent.forEach(run -> history.add(day(run.report())));
    history.add(day(report()));
  }

  private static RunReport.Day day(RunReport report) {
    JsonNode forecast = report.firstForecast();
    return new RunReport.Day(
        report.identity().date(),
        report.progress().result(),
        report.counts().rows(),
        report.counts().labelRate(),
        figure(forecast, "auc"),
        figure(forecast, "log_loss"),
        report.drift().vocabulary() == null ? null : report.drift().vocabulary().after(),
        report.source().changed());
  }

  private static Double figure(JsonNode figures, String key) {
    OptionalDouble figure = RunReport.Comparison.figure(figures, key);
    return figure.isPresent() ? figure.getAsDouble() : null;
  }

  /** Records the learning curve and forwards events. */
  TrainingListener noting(TrainingListener next) {
    return new TrainingListener() {
      @Override
      public void stepped(int epoch, int step, int steps, long rows, double loss) {
        next.stepped(epoch, step, steps, rows, loss);
      }

      @Override
      public void evaluated(
          int epoch,
          double trainLoss,
          Validation validation,
          double learningRate,
          RateSchedule.Verdict verdict) {
        learning
            .addObject()
            .put("epoch", epoch + 1)
            .put("train_loss", trainLoss)
            .put("validation_auc", validation.auc())
            .put("validation_log_loss", validation.logLoss())
            .put("learning_rate", learningRate);
        next.evaluated(epoch, trainLoss, validation, learningRate, verdict);
      }
    };
  }

  /** Completes the report of a run that ended right after it had published its model. */
  static RunReport finished(RunReport report, String directory, CurrentModel model, Clock clock) {
    RunReport.Progress before = report.progress();
    RunReport.Progress progress =
        new RunReport.Progress(
            RunResult.PROMOTED,
            before.started(),
            now(clock),
            before.seconds(),
            before.stages(),
            new Gate(report.comparison().gate()).reasons(),
            null);
    List<RunReport.Day> days = new ArrayList<>(report.drift().history());
    days.replaceAll(
        day ->
            Objects.equals(day.date(), report.identity().date())
                ? Components.with(day, "result", RunResult.PROMOTED)
                : day);
    RunReport.Drift drift = Components.with(report.drift(), "history", days);
    RunReport.Live live = liveModel(directory, model.date(), model.since());
    RunReport ended =
        Components.with(Components.with(report, "progress", progress), "drift", drift);
    return Components.with(ended, "live", live);
  }

  /** The report of a run whose model a rollback has taken out of service. */
  static RunReport rolledBack(RunReport report, CurrentModel live) {
    Instant at = live.since().truncatedTo(ChronoUnit.SECONDS);
    return with(report, new RunReport.RolledBack(at, live.name()));
  }

  /** The report of a run whose model is in service again. */
  static RunReport notRolledBack(RunReport report) {
    return with(report, null);
  }

  private static RunReport with(RunReport report, RunReport.RolledBack rollback) {
    return Components.with(report, "live", Components.with(report.live(), "rolledBack", rollback));
  }
}

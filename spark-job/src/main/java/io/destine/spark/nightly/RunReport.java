package io.destine.spark.nightly;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.feature.FieldSpec;
import io.destine.feature.SideTable;
import io.destine.metric.EvaluationReport;
import io.destine.metric.LossDifference;
import io.destine.optim.RateSchedule;
import io.destine.spark.conf.ModelSettings;
import io.destine.spark.conf.SourceConfig;
import io.destine.spark.encode.StoredVocabulary;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The report of a run, which grows during the run. One thread. */
final class RunReport {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Key of the settings that the model depends on. */
  static final String SETTINGS = "settings";

  /** Key of a rollback that took the run's model out of service. */
  static final String ROLLED_BACK = "rolled_back";

  /** Key of the process that the run is, or was. */
  static final String OWNER = "process";

  private final ObjectNode json = JsonNodeFactory.instance.objectNode();
  private final Clock clock;
  private final long start = System.nanoTime();
  private long stageStart = start;

  RunReport(Clock clock, String base, RunName name, String runId, Owner owner) {
    this.clock = clock;
    json.put("model", base);
    json.put("date", name.date().toString());
    json.put("model_name", name.toString());
    json.put("run_id", runId);
    json.put("started", now());
    owner.putInto(json.putObject(OWNER));
    result(RunResult.RUNNING);
  }

  private String now() {
    return clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
  }

  ObjectNode json() {
    return json;
  }

  /** Says how far the run is; what is over ends now. */
  void result(RunResult result) {
    json.put("result", result.key());
    json.put("finished", now());
    json.put("seconds", seconds(start));
  }

  private static double seconds(long since) {
    return Math.round((System.nanoTime() - since) * 1e-6) / 1000.0;
  }

  /** Ends a stage: what has passed since the last one ended was its time. */
  void stage(String name) {
    stage(name, seconds(stageStart));
    stageStart = System.nanoTime();
  }

  private void stage(String name, double seconds) {
    json.withArray("stages").addObject().put("stage", name).put("seconds", seconds);
  }

  /** Ends the training, of which encoding was the first part. */
  void trained(TrainResult result) {
    double all = seconds(stageStart);
    double encode = Math.round(result.encodeSeconds() * 1000) / 1000.0;
    stage("encode", encode);
    stage("train", Math.round((all - encode) * 1000) / 1000.0);
    stageStart = System.nanoTime();
    json.put("kernel", result.kernel());
    json.put("epochs", result.epochs());
    // That of a run which went on from a checkpoint has earlier epochs, which were not noted here.
    json.set("learning", JSON.valueToTree(result.learning()));
    json.put("train_rows", result.trainRows());
    json.set("candidate", result.testFigures());
    json.set("step_time", JSON.valueToTree(result.stepTime().json()));
  }

  /** Metrics of the candidate on other rows than the test rows of its training. */
  void candidate(EvaluationReport report) {
    json.set("candidate", report.toJson());
  }

  /** The forecast of the date's first run, which was made before anything had trained on it. */
  void firstForecast(RunRecord first) {
    JsonNode forecast = first.report().path("forecast");
    if (forecast.isObject()) {
      json.set("first_forecast", forecast.deepCopy());
    }
  }

  /** Completes the report of a run that ended right after it had published its model. */
  static void finish(ObjectNode report, String published, CurrentModel live, Clock clock) {
    report.put("result", RunResult.PROMOTED.key());
    report.remove("error");
    report.put("finished", clock.instant().truncatedTo(ChronoUnit.SECONDS).toString());
    report.put("published", published);
    report.put("live_date", live.date().toString());
    report.put("live_since", live.since().truncatedTo(ChronoUnit.SECONDS).toString());
  }

  /** Notes that a rollback has taken the run's model out of service. */
  static void rolledBack(ObjectNode report, CurrentModel live) {
    report
        .putObject(ROLLED_BACK)
        .put("at", live.since().truncatedTo(ChronoUnit.SECONDS).toString())
        .put("to", live.name());
  }

  /** The settings that the model depends on. */
  void settings(ModelSettings settings) {
    json.put("config_fingerprint", settings.fingerprint());
    settings.values().forEach(json.putObject(SETTINGS)::put);
  }

  void reasons(List<String> reasons) {
    ArrayNode array = json.putArray("reasons");
    reasons.forEach(array::add);
  }

  void error(String line) {
    json.put("error", line);
    reasons(List.of(line));
  }

  void live(String published, LocalDate date, Instant since) {
    json.put("published", published);
    json.put("live_date", date.toString());
    json.put("live_since", since.truncatedTo(ChronoUnit.SECONDS).toString());
  }

  /** The snapshot of the table that the run reads. */
  void snapshot(TableSnapshot snapshot) {
    json.withObject("/input")
        .putObject("snapshot")
        .put("id", snapshot.id())
        .put("committed_at", snapshot.committed().toString());
  }

  /** The input of the run; the window is filled by {@link #window}. */
  void input(NewDay day, SourceConfig source, Optional<InputFiles> files) {
    ObjectNode input = json.withObject("/input");
    source
        .rows()
        .table()
        .ifPresentOrElse(
            table ->
                input.put("table", table).put("where", String.join(" or ", source.rows().where())),
            () -> input.put("path", day.source()));
    files.ifPresent(found -> input.set("files", found.toJson()));
    input.put("rows", day.rows());
    input.put("quarantined", day.quarantined());
    input.put("label_rate", day.labelRate());
    input.put("label_rate_low", day.low());
    input.put("label_rate_high", day.high());
    input.put("min_rows", day.minRows());
  }

  void window(List<LocalDate> days) {
    ArrayNode window = json.withObject("/input").putArray("window");
    days.forEach(day -> window.add(day.toString()));
  }

  void parent(Optional<String> directory) {
    json.put("parent", directory.orElse(null));
  }

  void forecast(EvaluationReport report) {
    json.set("forecast", report.toJson());
  }

  void published(EvaluationReport report) {
    json.set("published_same_rows", report.toJson());
  }

  /** How much the candidate's log loss is above the published model's, on the same rows. */
  void difference(LossDifference difference) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    difference.mean().ifPresent(mean -> node.put("mean", mean));
    difference
        .interval()
        .ifPresent(interval -> node.put("low", interval.low()).put("high", interval.high()));
    json.putObject("candidate_minus_published").set("log_loss", node);
  }

  void gate(Gate gate) {
    ArrayNode rows = json.putArray("gate");
    for (Gate.Check check : gate.checks()) {
      ObjectNode row = rows.addObject();
      row.put("check", check.name());
      row.put("value", check.value());
      row.put("bound", check.bound());
      row.put("passed", check.passed());
      row.put("text", check.text());
    }
    reasons(gate.reasons());
  }

  /** OOV rates of the new day, beside the mean of those of recent runs. */
  void oov(Map<String, Double> rates, List<RunRecord> recent) {
    ArrayNode rows = json.putArray("oov");
    rates.forEach(
        (field, rate) -> {
          ObjectNode row = rows.addObject().put("field", field).put("rate", rate);
          recentOov(field, recent).ifPresent(mean -> row.put("recent", mean));
        });
  }

  private static OptionalDouble recentOov(String field, List<RunRecord> recent) {
    return recent.stream()
        .flatMap(run -> stream(run.report().path("oov")))
        .filter(row -> row.path("field").asText().equals(field))
        .mapToDouble(row -> row.path("rate").asDouble())
        .average();
  }

  private static Stream<JsonNode> stream(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }

  /** Ids before and after, by field; before is null without a published model. */
  void vocabulary(StoredVocabulary before, StoredVocabulary after) {
    ObjectNode node = json.putObject("vocabulary");
    if (before != null) {
      node.put("before", before.size());
    }
    node.put("after", after.size());
    ArrayNode fields = node.putArray("by_field");
    int[] old = before == null ? null : before.valuesByField();
    int[] now = after.valuesByField();
    for (int m = 0; m < now.length; m++) {
      FieldSpec spec = after.fields().specs().get(m);
      if (spec.hashed()) {
        continue;
      }
      ObjectNode field = fields.addObject().put("field", spec.name());
      if (old != null) {
        field.put("before", old[m]);
      }
      field.put("after", now[m]);
    }
    sideTables(before, after);
  }

  private void sideTables(StoredVocabulary before, StoredVocabulary after) {
    List<SideTable> now = after.fields().tables();
    for (int t = 0; t < now.size(); t++) {
      ObjectNode node = json.withArray("side_tables").addObject().put("table", now.get(t).name());
      node.put("rows", after.sideTables().table(t).rows() - 1);
      int u = before == null ? -1 : before.fields().tables().indexOf(now.get(t));
      if (u >= 0) {
        after
            .sideTables()
            .changes(t, before.sideTables(), u)
            .ifPresent(
                changes -> {
                  node.put("added", changes.added());
                  node.put("removed", changes.removed());
                  node.put("changed", changes.changed());
                });
      }
    }
  }

  /** The last days, this one included. */
  void history(List<RunRecord> recent) {
    ArrayNode days = json.putArray("history");
    recent.forEach(run -> days.add(day(run.date(), run.report())));
    days.add(day(LocalDate.parse(json.path("date").asText()), json));
  }

  private static ObjectNode day(LocalDate date, ObjectNode report) {
    ObjectNode day = JsonNodeFactory.instance.objectNode();
    day.put("date", date.toString());
    day.put("result", report.path("result").asText());
    copy(report.at("/input/rows"), day, "rows");
    copy(report.at("/input/label_rate"), day, "label_rate");
    JsonNode forecast =
        report.path("forecast").isObject()
            ? report.path("forecast")
            : report.path("first_forecast");
    copy(forecast.path("auc"), day, "forecast_auc");
    copy(forecast.path("log_loss"), day, "forecast_log_loss");
    copy(report.at("/vocabulary/after"), day, "vocabulary");
    if (report.at("/input/changed").isTextual()) {
      day.set("changed", report.at("/input/changed"));
    }
    return day;
  }

  private static void copy(JsonNode value, ObjectNode into, String key) {
    if (value.isNumber()) {
      into.set(key, value);
    }
  }

  /** Notes the learning curve and passes events on. */
  TrainingListener noting(TrainingListener next) {
    ArrayNode curve = json.putArray("learning");
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
        ObjectNode row = curve.addObject();
        row.put("epoch", epoch + 1);
        row.put("train_loss", trainLoss);
        row.put("validation_auc", validation.auc());
        row.put("validation_log_loss", validation.logLoss());
        row.put("learning_rate", learningRate);
        next.evaluated(epoch, trainLoss, validation, learningRate, verdict);
      }
    };
  }
}

package io.destine.spark.report;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * A nightly run's report in the text format of Prometheus, for the textfile collector of
 * node-exporter: gauges named destine_nightly_*, each with the label model. A value that is missing
 * in the report has no sample, and a gauge without samples is not declared.
 */
public final class PrometheusText {
  private static final String PREFIX = "destine_nightly_";

  /** The beginning of a text. */
  public static final String HEAD = "# HELP " + PREFIX;

  private final RunReport report;
  private final String model;
  private final StringBuilder out = new StringBuilder();

  private PrometheusText(RunReport report) {
    this.report = report;
    this.model = label("model", report.identity().model());
  }

  /**
   * The metrics of a report.
   *
   * @param report the report of a run; all but model, date and result may be absent
   * @return lines ended by line feeds, to be stored as UTF-8
   * @throws IllegalArgumentException if model, date or the result of an ended run is absent
   */
  public static String render(RunReport report) {
    PrometheusText text = new PrometheusText(report.requireEnded());
    text.times();
    text.metrics();
    text.input();
    return text.out.toString();
  }

  private void times() {
    RunReport.Progress progress = report.progress();
    Instant finished = progress.finished() == null ? progress.started() : progress.finished();
    gauge("last_run_timestamp_seconds", "When the last run ended.", seconds(finished));
    // The last success is the time at which the live model went live, unless this run is the last
    // success.
    boolean promoted = progress.result() == RunResult.PROMOTED;
    Instant success = promoted ? finished : report.live().liveSince();
    gauge("last_success_timestamp_seconds", "When a model last went live.", seconds(success));
    Map<String, OptionalDouble> results = new LinkedHashMap<>();
    for (RunResult each : RunResult.values()) {
      if (!each.underWay()) {
        double value = each == progress.result() ? 1 : 0;
        results.put(label("result", each.key()), OptionalDouble.of(value));
      }
    }
    gauges("run_result", "1 for the result of the last run, 0 for the others.", results);
    gauge("run_seconds", "Duration of the last run.", progress.seconds());
    Map<String, OptionalDouble> stages = new LinkedHashMap<>();
    for (RunReport.Stage stage : progress.stages()) {
      put(stages, "stage", stage.stage(), stage.seconds());
    }
    gauges("stage_seconds", "Duration of a stage of the last run.", stages);
    LocalDate live = report.live().liveDate();
    gauge(
        "live_model_date_timestamp_seconds",
        "Start, in UTC, of the newest day that the live model has learnt from.",
        live == null ? null : seconds(live.atStartOfDay(ZoneOffset.UTC).toInstant()));
  }

  private void metrics() {
    which("auc", "AUC: candidate and published on the same rows, forecast on the new day.");
    which("log_loss", "Log loss in nats per row, on the same rows as destine_nightly_auc.");
    which("calibration", "Sum of predictions over sum of labels; 1 is calibrated.");
  }

  private void which(String key, String help) {
    Map<String, OptionalDouble> samples = new LinkedHashMap<>();
    RunReport.Comparison models = report.comparison();
    samples.put(label("which", "candidate"), RunReport.Comparison.figure(models.candidate(), key));
    samples.put(
        label("which", "published"), RunReport.Comparison.figure(models.publishedSameRows(), key));
    samples.put(label("which", "forecast"), RunReport.Comparison.figure(models.forecast(), key));
    gauges(key, help, samples);
  }

  private void input() {
    RunReport.Counts counts = report.counts();
    gauge("input_rows", "Rows of the new day.", counts.rows());
    gauge("input_quarantined_rows", "Unreadable rows set aside.", counts.quarantined());
    gauge("label_rate", "Share of positive rows of the new day.", counts.labelRate());
    Map<String, OptionalDouble> oov = new LinkedHashMap<>();
    for (RunReport.OovRate each : report.drift().oov()) {
      put(oov, "field", each.field(), each.rate());
    }
    gauges("oov_rate", "Share of values not in the vocabulary.", oov);
    RunReport.Growth ids = report.drift().vocabulary();
    gauge(
        "vocabulary_ids",
        "Ids of the vocabulary after the run.",
        ids == null ? null : ids.after() == null ? ids.before() : ids.after());
  }

  private static Long seconds(Instant at) {
    return at == null ? null : at.getEpochSecond();
  }

  private void gauge(String name, String help, Number value) {
    gauges(name, help, Map.of("", NumberText.finite(value)));
  }

  /** Adds a sample; for equal names the last one is used, because Prometheus rejects duplicates. */
  private static void put(
      Map<String, OptionalDouble> samples, String label, String name, Number value) {
    if (name != null) {
      samples.put(label(label, name), NumberText.finite(value));
    }
  }

  private void gauges(String name, String help, Map<String, OptionalDouble> samples) {
    List<Map.Entry<String, OptionalDouble>> present =
        samples.entrySet().stream().filter(sample -> sample.getValue().isPresent()).toList();
    if (present.isEmpty()) {
      return;
    }
    String metric = PREFIX + name;
    out.append("# HELP ").append(metric).append(' ').append(help).append('\n');
    out.append("# TYPE ").append(metric).append(" gauge\n");
    for (Map.Entry<String, OptionalDouble> sample : present) {
      String labels = sample.getKey().isEmpty() ? model : model + "," + sample.getKey();
      out.append(metric).append('{').append(labels).append("} ");
      out.append(number(sample.getValue().getAsDouble())).append('\n');
    }
  }

  private static String number(double value) {
    BigDecimal exact = BigDecimal.valueOf(value);
    return Math.abs(value) < 1e15 ? exact.stripTrailingZeros().toPlainString() : exact.toString();
  }

  /** A label with its value escaped: backslash, quote and line feed. */
  private static String label(String name, String value) {
    String escaped = value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    return name + "=\"" + escaped + "\"";
  }
}

package io.destine.spark.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A nightly run's report in the text format of Prometheus, for the textfile collector of
 * node-exporter: gauges named destine_nightly_*, each with the label model. A value that the report
 * does not hold has no sample, and a gauge without samples is not declared.
 */
public final class PrometheusText {
  private static final String PREFIX = "destine_nightly_";

  /** The beginning of a text. */
  public static final String HEAD = "# HELP " + PREFIX;

  private final ReportNode report;
  private final String model;
  private final StringBuilder out = new StringBuilder();

  private PrometheusText(ReportNode report) {
    this.report = report;
    this.model = label("model", report.required("model"));
  }

  /**
   * The metrics of a report.
   *
   * @param report the report of a run; all but model and result may be absent
   * @return lines ended by line feeds, to be stored as UTF-8
   * @throws IllegalArgumentException if model or result is absent, or result unknown
   */
  public static String render(JsonNode report) {
    PrometheusText text = new PrometheusText(new ReportNode(report));
    text.times();
    text.metrics();
    text.input();
    return text.out.toString();
  }

  private void times() {
    Outcome outcome = Outcome.of(report);
    Optional<Instant> finished = report.instant("finished").or(() -> report.instant("started"));
    gauge("last_run_timestamp_seconds", "When the last run ended.", seconds(finished));
    // The live model went live with the last success, unless that is this run.
    Optional<Instant> success =
        outcome == Outcome.PROMOTED ? finished : report.instant("live_since");
    gauge("last_success_timestamp_seconds", "When a model last went live.", seconds(success));
    Map<String, OptionalDouble> results = new LinkedHashMap<>();
    for (Outcome each : Outcome.values()) {
      results.put(label("result", each.key()), OptionalDouble.of(each == outcome ? 1 : 0));
    }
    gauges("run_result", "1 for the result of the last run, 0 for the others.", results);
    gauge("run_seconds", "Duration of the last run.", report.number("seconds"));
    byName("stage_seconds", "Duration of a stage of the last run.", "stages", "stage", "seconds");
    Optional<LocalDate> live = report.date("live_date");
    gauge(
        "live_model_date_timestamp_seconds",
        "Start, in UTC, of the newest day that the live model has learnt from.",
        seconds(live.map(day -> day.atStartOfDay(ZoneOffset.UTC).toInstant())));
  }

  private void metrics() {
    which("auc", "AUC: candidate and published on the same rows, forecast on the new day.");
    which("log_loss", "Log loss in nats of a row, on the rows of destine_nightly_auc.");
    which("calibration", "Sum of predictions over sum of labels; 1 is calibrated.");
  }

  private void which(String key, String help) {
    Map<String, OptionalDouble> samples = new LinkedHashMap<>();
    samples.put(label("which", "candidate"), report.at("candidate").number(key));
    samples.put(label("which", "published"), report.at("published_same_rows").number(key));
    samples.put(label("which", "forecast"), report.at("forecast").number(key));
    gauges(key, help, samples);
  }

  private void input() {
    ReportNode input = report.at("input");
    gauge("input_rows", "Rows of the new day.", input.number("rows"));
    gauge("input_quarantined_rows", "Unreadable rows set aside.", input.number("quarantined"));
    gauge("label_rate", "Share of positive rows of the new day.", input.number("label_rate"));
    byName("oov_rate", "Share of values not in the vocabulary.", "oov", "field", "rate");
    ReportNode vocabulary = report.at("vocabulary");
    OptionalDouble after = vocabulary.number("after");
    gauge(
        "vocabulary_ids",
        "Ids of the vocabulary after the run.",
        after.isPresent() ? after : vocabulary.number("before"));
  }

  private static OptionalDouble seconds(Optional<Instant> instant) {
    return instant.isPresent()
        ? OptionalDouble.of((double) instant.get().getEpochSecond())
        : OptionalDouble.empty();
  }

  private void gauge(String name, String help, OptionalDouble value) {
    gauges(name, help, Map.of("", value));
  }

  /**
   * One sample for each entry of a list; of equal names the last counts, for Prometheus rejects
   * two.
   */
  private void byName(String name, String help, String list, String nameKey, String valueKey) {
    Map<String, OptionalDouble> samples = new LinkedHashMap<>();
    for (ReportNode entry : report.list(list)) {
      entry
          .text(nameKey)
          .ifPresent(text -> samples.put(label(nameKey, text), entry.number(valueKey)));
    }
    gauges(name, help, samples);
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

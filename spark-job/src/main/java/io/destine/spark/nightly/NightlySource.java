package io.destine.spark.nightly;

import com.codahale.metrics.Gauge;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.spark.internals.MetricSource;
import java.util.Map;

/**
 * The figures of the last run in Spark's own metrics system, as source {@value #NAME}: whatever
 * sinks a cluster's metrics.properties names get them. Any thread.
 */
final class NightlySource {
  private static final String NAME = "destine.nightly";

  /** Gauges and where their figure is in a report. */
  private static final Map<String, String> FIGURES =
      Map.of(
          "candidate.auc", "/candidate/auc",
          "candidate.log_loss", "/candidate/log_loss",
          "candidate.calibration", "/candidate/calibration",
          "forecast.auc", "/forecast/auc",
          "forecast.log_loss", "/forecast/log_loss",
          "input.rows", "/input/rows",
          "input.label_rate", "/input/label_rate",
          "vocabulary.ids", "/vocabulary/after",
          "seconds", "/seconds");

  private static NightlySource instance;

  private final MetricSource source = new MetricSource(NAME);
  private volatile ObjectNode report;

  private NightlySource(ObjectNode report) {
    this.report = report;
    FIGURES.forEach((name, at) -> source.metricRegistry().register(name, gauge(at)));
    source.metricRegistry().register("promoted", (Gauge<Integer>) () -> promoted() ? 1 : 0);
  }

  /** Shows the figures of a run in place of the last one's. */
  static synchronized void show(ObjectNode report) {
    if (instance != null && instance.source.isRegistered()) {
      instance.report = report;
      return;
    }
    instance = new NightlySource(report);
    instance.source.register();
  }

  private Gauge<Double> gauge(String at) {
    return () -> {
      JsonNode value = report.at(at);
      return value.isNumber() ? value.asDouble() : Double.NaN;
    };
  }

  private boolean promoted() {
    return report.path("result").asText().equals(RunResult.PROMOTED.key());
  }
}

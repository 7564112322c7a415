package io.destine.spark.nightly;

import com.codahale.metrics.Gauge;
import com.fasterxml.jackson.databind.JsonNode;
import io.destine.spark.internals.MetricSource;
import io.destine.spark.report.RunReport;
import io.destine.spark.report.RunResult;
import java.util.Map;
import java.util.function.Function;

/**
 * Exposes the figures of the last run in Spark's metrics system, as source {@value #NAME}: all
 * sinks in a cluster's metrics.properties receive them. Any thread.
 */
final class NightlySource {
  private static final String NAME = "destine.nightly";

  private static final Map<String, Function<RunReport, Number>> FIGURES =
      Map.of(
          "candidate.auc", run -> figure(run.comparison().candidate(), "auc"),
          "candidate.log_loss", run -> figure(run.comparison().candidate(), "log_loss"),
          "candidate.calibration", run -> figure(run.comparison().candidate(), "calibration"),
          "forecast.auc", run -> figure(run.comparison().forecast(), "auc"),
          "forecast.log_loss", run -> figure(run.comparison().forecast(), "log_loss"),
          "input.rows", run -> run.counts().rows(),
          "input.label_rate", run -> run.counts().labelRate(),
          "vocabulary.ids",
              run -> run.drift().vocabulary() == null ? null : run.drift().vocabulary().after(),
          "seconds", run -> run.progress().seconds());

  private static NightlySource instance;

  private final MetricSource source = new MetricSource(NAME);
  private volatile RunReport report;

  private NightlySource(RunReport report) {
    this.report = report;
    FIGURES.forEach((name, figure) -> source.metricRegistry().register(name, gauge(figure)));
    source.metricRegistry().register("promoted", (Gauge<Integer>) () -> promoted() ? 1 : 0);
  }

  /** Replaces the figures by those of a run. */
  static synchronized void show(RunReport report) {
    if (instance != null && instance.source.isRegistered()) {
      instance.report = report;
      return;
    }
    instance = new NightlySource(report);
    instance.source.register();
  }

  private Gauge<Double> gauge(Function<RunReport, Number> figure) {
    return () -> {
      Number value = figure.apply(report);
      return value == null ? Double.NaN : value.doubleValue();
    };
  }

  private static double figure(JsonNode figures, String key) {
    return RunReport.Comparison.figure(figures, key).orElse(Double.NaN);
  }

  private boolean promoted() {
    return report.progress().result() == RunResult.PROMOTED;
  }
}

package io.destine.spark.conf;

import io.destine.config.Metric;

/** Reads how a model is retrained every night, for {@link JobConfigReader}. */
final class NightlyReader {
  private final Reading reading;

  NightlyReader(Reading reading) {
    this.reading = reading;
  }

  NightlyConfig nightly(Section s, Section gate, NightlyConfig d) {
    return reading.build(
        s.path(),
        () ->
            new NightlyConfig(
                s.optional("input", d.input(), "path of a day's rows, with {date} in it"),
                s.optional(
                    "table", d.table(), "catalog table of the days' rows, instead of a path"),
                s.optional(
                    "where", d.where(), "SQL condition on the rows of a day, with {date} in it"),
                s.optional(
                    "complete-when",
                    d.completeWhen(),
                    "SQL condition with aggregates over a day's rows that says it is complete"),
                s.text("success-file", d.successFile(), "file of a complete day, \"\" for none"),
                s.integer(
                    "window-days", d.windowDays(), "days a candidate trains on, up to the new one"),
                s.integer(
                    "first-window-days", d.firstWindowDays(), "days the first candidate trains on"),
                s.integer(
                    "min-count-days",
                    d.minCountDays(),
                    "days over which vocabulary.min-count counts a value without an id"),
                s.integer(
                    "epochs", d.epochs(), "most epochs when going on from the published model"),
                s.optionalDecimal(
                    "learning-rate", d.learningRate(), "then, instead of train.learning-rate"),
                s.integer("recent-days", d.recentDays(), "finished days a new one is held against"),
                s.longInteger("min-rows", d.minRows(), "least rows of a day"),
                s.decimal(
                    "min-rows-of-recent",
                    d.minRowsOfRecent(),
                    "least rows of a day, by the mean of the recent days"),
                s.decimal(
                    "label-rate-tolerance",
                    d.labelRateTolerance(),
                    "largest relative distance from the recent label rate"),
                s.integer(
                    "decay-after-days",
                    d.decayAfterDays(),
                    "days without a row until an embedding decays, 0 for never"),
                s.decimal("decay", d.decay(), "factor of such an embedding, once a run"),
                s.integer("keep-models", d.keepModels(), "newest models to keep"),
                s.integer("keep-runs", d.keepRuns(), "newest runs whose reports are kept"),
                s.decimal(
                    "lock-minutes", d.lockMinutes(), "until the lock of a lost driver expires"),
                s.optional(
                    "metrics-file", d.metricsFile(), "local file for Prometheus' text format"),
                gate(gate, d.gate())),
        d);
  }

  private GateConfig gate(Section s, GateConfig d) {
    return reading.build(
        s.path(),
        () ->
            new GateConfig(
                s.choice("metric", Metric.class, d.metric(), "compares candidate and published"),
                s.decimal("tolerance", d.tolerance(), "by how much a candidate may be worse"),
                s.longInteger("min-rows", d.minRows(), "least held-out rows"),
                s.decimal(
                    "min-calibration", d.minCalibration(), "least mean prediction over mean label"),
                s.decimal(
                    "max-calibration",
                    d.maxCalibration(),
                    "largest mean prediction over mean label")),
        d);
  }
}

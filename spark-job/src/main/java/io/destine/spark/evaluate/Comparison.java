package io.destine.spark.evaluate;

import io.destine.metric.EvaluationReport;
import io.destine.metric.LossDifference;

/**
 * A published model's metrics on some rows, and a candidate's difference from it on the same rows.
 *
 * @param published the metrics of the published model
 * @param difference of the log loss, candidate minus published
 */
public record Comparison(EvaluationReport published, LossDifference difference) {}

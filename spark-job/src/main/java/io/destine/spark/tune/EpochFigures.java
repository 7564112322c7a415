package io.destine.spark.tune;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.config.Metric;

/**
 * Validation metrics after an epoch.
 *
 * @param epoch counted from 1
 */
record EpochFigures(int epoch, double auc, double logLoss) {
  double value(Metric metric) {
    return metric == Metric.AUC ? auc : logLoss;
  }

  void putInto(ObjectNode json) {
    json.put("epoch", epoch);
    json.put("validation_auc", auc);
    json.put("validation_log_loss", logLoss);
  }

  static EpochFigures of(JsonNode json) {
    return new EpochFigures(
        json.path("epoch").asInt(),
        json.path("validation_auc").asDouble(Double.NaN),
        json.path("validation_log_loss").asDouble(Double.NaN));
  }
}

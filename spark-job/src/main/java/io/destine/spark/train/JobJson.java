package io.destine.spark.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.destine.config.Components;
import io.destine.metric.DetailedReport;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.TrainingConfig;
import io.destine.spark.encode.Split;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A job's configuration and metrics as the free-form JSON of a manifest. */
final class JobJson {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final TypeReference<Map<String, Object>> MAP = new TypeReference<>() {};

  private JobJson() {}

  static Map<String, Object> map(JobConfig config) {
    try {
      return MAPPER.readValue(config.toJson(), MAP);
    } catch (JsonProcessingException e) {
      throw noJson(e);
    }
  }

  private static IllegalStateException noJson(JsonProcessingException e) {
    return new IllegalStateException("the configuration must render as JSON, got " + e, e);
  }

  /** The settings of a training run without a job, under the keys of a configuration's sections. */
  static Map<String, Object> map(TrainingConfig config) {
    Map<String, Object> sections =
        Map.of(
            "model", settings(config.model()),
            "train", settings(config.train()));
    try {
      // With the types of numbers that a manifest is read with.
      return MAPPER.readValue(MAPPER.writeValueAsString(sections), MAP);
    } catch (JsonProcessingException e) {
      throw noJson(e);
    }
  }

  private static Map<String, Object> settings(Record record) {
    Map<String, Object> settings = Components.values(record);
    settings.replaceAll(
        (name, value) ->
            value instanceof Record inner
                ? settings(inner)
                : value instanceof Optional<?> optional
                    ? optional.orElse(null)
                    : value instanceof Enum<?> word ? word.name() : value);
    return settings;
  }

  static Map<String, Object> metrics(
      Map<Split, DetailedReport> bySplit,
      LearningCurve curve,
      int epochs,
      StepTime stepTime,
      Optional<CalibratedTraining> calibrated) {
    Map<String, Object> metrics = new TreeMap<>();
    bySplit.forEach(
        (split, report) -> metrics.put(split.key(), MAPPER.convertValue(report.figures(), MAP)));
    metrics.put("learning", curve.epochs());
    metrics.put("epochs", epochs);
    if (curve.best() > 0) {
      metrics.put("best_epoch", curve.best());
    }
    calibrated.ifPresent(fit -> metrics.put("calibration", MAPPER.convertValue(fit.json(), MAP)));
    metrics.put("step_time", stepTime.json());
    return metrics;
  }
}

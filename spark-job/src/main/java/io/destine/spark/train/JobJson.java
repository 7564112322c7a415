package io.destine.spark.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.destine.metric.EvaluationReport;
import io.destine.spark.conf.JobConfig;
import java.util.Map;
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
      throw new IllegalStateException("the configuration must render as JSON, got " + e, e);
    }
  }

  static Map<String, Object> metrics(Map<String, EvaluationReport> bySplit, StepTime stepTime) {
    Map<String, Object> metrics = new TreeMap<>();
    bySplit.forEach(
        (split, report) -> metrics.put(split, MAPPER.convertValue(report.toJson(), MAP)));
    metrics.put("step_time", stepTime.json());
    return metrics;
  }
}

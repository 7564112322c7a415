package io.destine.spark.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/** Reports of synthetic runs: a complete one, and others with parts missing. */
final class SampleReport {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private SampleReport() {}

  /** A run that promoted its candidate, with every node of the schema. */
  static ObjectNode promoted() {
    return read("promoted.json");
  }

  /** A training with every node of the schema. */
  static ObjectNode training() {
    return read("training.json");
  }

  private static ObjectNode read(String name) {
    try (InputStream in = SampleReport.class.getResourceAsStream(name)) {
      return (ObjectNode) MAPPER.readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A run whose candidate missed the check of log loss; the live model is two days old. */
  static ObjectNode refused() {
    ObjectNode report = promoted();
    report.put("result", "refused").put("published", "models/2026-11-22");
    report.put("live_date", "2026-11-22").put("live_since", "2026-11-23T01:13:00Z");
    report.putArray("reasons").add("candidate log loss 0.4820 must be at most 0.4674");
    ((ObjectNode) report.path("candidate")).put("log_loss", 0.482);
    ((ObjectNode) report.at("/candidate_minus_published/log_loss"))
        .put("mean", 0.016559)
        .put("low", 0.0138)
        .put("high", 0.0193);
    ((ObjectNode) report.path("gate").path(0)).put("value", 0.482).put("passed", false);
    return report;
  }

  /** The first run of a model: nothing was live, nothing is remembered. */
  static ObjectNode first() {
    ObjectNode report = promoted();
    report.putNull("parent");
    report.remove(
        List.of("forecast", "published_same_rows", "candidate_minus_published", "history", "oov"));
    ((ObjectNode) report.path("vocabulary")).putNull("before");
    return report;
  }

  /** A run that broke off at its input, before any model was live. */
  static ObjectNode failed() {
    ObjectNode report = MAPPER.createObjectNode();
    report.put("model", "models/clicks").put("date", "2026-11-24").put("run_id", "r-1");
    report.put("result", "failed").put("started", "2026-11-25T01:12:03Z");
    report.put("finished", "2026-11-25T01:12:05Z");
    report.putArray("reasons").add("the input has too few rows");
    report.put("error", "input: rows must be at least 1000, got 213");
    return report;
  }

  /** A text that would be markup, were it not escaped. */
  static final String HOSTILE = "</style><script>alert('1')</script>\" onload=\"x&amp;";

  /** A complete run whose names are markup. */
  static ObjectNode hostile() {
    ObjectNode report = promoted();
    for (String key : List.of("model", "run_id", "kernel", "parent", "published", "error")) {
      report.put(key, HOSTILE);
    }
    report.putArray("reasons").add(HOSTILE);
    ((ObjectNode) report.path("input")).put("path", HOSTILE).putArray("window").add(HOSTILE);
    ((ObjectNode) report.path("oov").path(0)).put("field", HOSTILE);
    ((ObjectNode) report.path("vocabulary").path("by_field").path(0)).put("field", HOSTILE);
    ((ObjectNode) report.path("gate").path(0)).put("check", HOSTILE).put("text", HOSTILE);
    ((ObjectNode) report.path("stages").path(0)).put("stage", HOSTILE);
    ((ObjectNode) report.path("history").path(0)).put("result", HOSTILE);
    ((ObjectNode) report.path("step_time")).put(HOSTILE + "_ms", 1.0);
    ((ObjectNode) report.path("candidate")).putArray("warnings").add(HOSTILE);
    return report;
  }
}

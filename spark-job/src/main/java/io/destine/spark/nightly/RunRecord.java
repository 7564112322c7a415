package io.destine.spark.nightly;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * What a run's report says of it.
 *
 * @param date of the rows
 * @param report the report, empty when it could not be read
 */
public record RunRecord(LocalDate date, ObjectNode report) {

  /** How it ended. */
  public RunResult result() {
    return RunResult.of(report.path("result").asText());
  }

  String id() {
    return report.path("run_id").asText();
  }

  String fingerprint() {
    return report.path("config_fingerprint").asText();
  }

  /** The reasons in one line. */
  public String reasons() {
    List<String> reasons = new ArrayList<>();
    report.path("reasons").forEach(reason -> reasons.add(reason.asText()));
    return reasons.isEmpty() ? report.path("error").asText() : String.join("; ", reasons);
  }

  /** Models that runs of the date have published, newest first. */
  List<String> models() {
    List<String> names = new ArrayList<>();
    if (result() == RunResult.PROMOTED) {
      names.add(report.path("model_name").asText());
    }
    report.path("earlier_models").forEach(name -> names.add(name.asText()));
    return names;
  }

  /** A number at a path of keys such as {@code input/rows}. */
  public OptionalDouble number(String path) {
    JsonNode node = report.at("/" + path);
    return node.isNumber() ? OptionalDouble.of(node.asDouble()) : OptionalDouble.empty();
  }
}

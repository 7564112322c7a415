package io.destine.spark.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A node of a report, read leniently: a value that is missing, null, of another type or not finite
 * is absent.
 *
 * @param json the node; a missing node if there is none
 */
record ReportNode(JsonNode json) {

  ReportNode {
    json = json == null ? MissingNode.getInstance() : json;
  }

  ReportNode at(String key) {
    return new ReportNode(json.path(key));
  }

  /** True if the node is a non-empty object. */
  boolean present() {
    return json.isObject() && !json.isEmpty();
  }

  boolean has(String key) {
    return json.hasNonNull(key);
  }

  Optional<String> text(String key) {
    JsonNode value = json.path(key);
    return value.isTextual() && !value.textValue().isBlank()
        ? Optional.of(value.textValue())
        : Optional.empty();
  }

  /**
   * A text that every report has.
   *
   * @throws IllegalArgumentException if this one does not
   */
  String required(String key) {
    return text(key)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "report: " + key + " must be a string, got " + json.path(key)));
  }

  OptionalDouble number(String key) {
    JsonNode value = json.path(key);
    double number = value.isNumber() ? value.doubleValue() : Double.NaN;
    return Double.isFinite(number) ? OptionalDouble.of(number) : OptionalDouble.empty();
  }

  /** The objects of an array. */
  List<ReportNode> list(String key) {
    List<ReportNode> nodes = new ArrayList<>();
    for (JsonNode item : array(key)) {
      if (item.isObject()) {
        nodes.add(new ReportNode(item));
      }
    }
    return nodes;
  }

  /** The texts of an array. */
  List<String> texts(String key) {
    List<String> texts = new ArrayList<>();
    for (JsonNode item : array(key)) {
      if (item.isTextual()) {
        texts.add(item.textValue());
      }
    }
    return texts;
  }

  private JsonNode array(String key) {
    JsonNode value = json.path(key);
    return value.isArray() ? value : MissingNode.getInstance();
  }

  /** The moment of an ISO text. */
  Optional<Instant> instant(String key) {
    try {
      return text(key).map(Instant::parse);
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  /** The keys of the object in order. */
  List<String> keys() {
    List<String> keys = new ArrayList<>();
    json.fieldNames().forEachRemaining(keys::add);
    return keys;
  }
}

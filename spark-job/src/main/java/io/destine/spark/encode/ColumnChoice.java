package io.destine.spark.encode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * The fields that {@code fields = "*"} has chosen for a column.
 *
 * @param column its name
 * @param fields names of its fields; empty if it is left out
 * @param choice kind of the fields or parts of dates, or "left out"
 * @param reason for the choice
 */
public record ColumnChoice(String column, List<String> fields, String choice, String reason) {
  public ColumnChoice {
    fields = List.copyOf(fields);
  }

  /** One line for a log. */
  public String line() {
    return "column " + column + ": " + choice + " (" + reason + ")";
  }

  /** Adds choices to a JSON object, as "columns", if there are any. */
  public static void putInto(ObjectNode json, List<ColumnChoice> choices) {
    for (ColumnChoice choice : choices) {
      ObjectNode node = json.withArray("columns").addObject();
      node.put("column", choice.column());
      ArrayNode names = node.putArray("fields");
      choice.fields().forEach(names::add);
      node.put("choice", choice.choice()).put("reason", choice.reason());
    }
  }

  static List<ColumnChoice> ofJson(JsonNode array) {
    List<ColumnChoice> choices = new ArrayList<>();
    for (JsonNode node : array) {
      List<String> names = new ArrayList<>();
      node.path("fields").forEach(name -> names.add(name.asText()));
      choices.add(
          new ColumnChoice(
              node.path("column").asText(),
              names,
              node.path("choice").asText(),
              node.path("reason").asText()));
    }
    return choices;
  }
}

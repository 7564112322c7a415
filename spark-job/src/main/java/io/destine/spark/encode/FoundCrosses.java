package io.destine.spark.encode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.cross.NestedRates;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The result of the search for crosses.
 *
 * @param crosses in the order in which they were found
 * @param rates the gain of label rates of nested crosses, if it is large enough
 */
public record FoundCrosses(List<FoundCross> crosses, Optional<NestedRates.Gain> rates) {
  static final FoundCrosses NONE = new FoundCrosses(List.of(), Optional.empty());

  public FoundCrosses {
    crosses = List.copyOf(crosses);
  }

  /** Lines for a log. */
  public List<String> lines() {
    return Stream.concat(
            crosses.stream().map(FoundCross::line),
            rates.stream()
                .map(
                    found ->
                        String.format(
                            Locale.ROOT,
                            "label rates of nested crosses: the log loss of an additive model falls"
                                + " from %.5f to %.5f",
                            found.loss(),
                            found.loss() - found.gain())))
        .toList();
  }

  /** Adds "crosses" and "label_rates" to a JSON object, if there are any. */
  public void putInto(ObjectNode json) {
    for (FoundCross cross : crosses) {
      ObjectNode node = json.withArray("crosses").addObject();
      ArrayNode names = node.putArray("parts");
      cross.parts().forEach(names::add);
      node.put("gain", cross.gain()).put("loss", cross.loss());
    }
    rates.ifPresent(
        found -> json.putObject("label_rates").put("gain", found.gain()).put("loss", found.loss()));
  }

  static FoundCrosses ofJson(JsonNode json) {
    List<FoundCross> crosses = new ArrayList<>();
    for (JsonNode node : json.path("crosses")) {
      List<String> parts = new ArrayList<>();
      node.path("parts").forEach(part -> parts.add(part.asText()));
      crosses.add(
          new FoundCross(parts, node.path("gain").asDouble(), node.path("loss").asDouble()));
    }
    JsonNode rates = json.path("label_rates");
    return new FoundCrosses(
        crosses,
        rates.isMissingNode()
            ? Optional.empty()
            : Optional.of(
                new NestedRates.Gain(
                    rates.path("gain").asDouble(), rates.path("loss").asDouble())));
  }
}

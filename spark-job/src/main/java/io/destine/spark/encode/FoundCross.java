package io.destine.spark.encode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.feature.FieldSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A cross that the search has found.
 *
 * @param parts names of its fields
 * @param gain by which the mean log loss of an additive model of the fields and the crosses before
 *     it falls, on rows outside its fit
 * @param loss the mean log loss of that model without it
 */
public record FoundCross(List<String> parts, double gain, double loss) {
  public FoundCross {
    parts = List.copyOf(parts);
  }

  /** The cross as a field. */
  public FieldSpec spec() {
    return FieldSpec.cross(parts);
  }

  /** One line for a log. */
  public String line() {
    return String.format(
        Locale.ROOT,
        "cross %s: the log loss of an additive model falls from %.5f to %.5f",
        spec().name(),
        loss,
        loss - gain);
  }

  /** Adds crosses to a JSON object, as "crosses"; nothing when there are none. */
  public static void putInto(ObjectNode json, List<FoundCross> crosses) {
    for (FoundCross cross : crosses) {
      ObjectNode node = json.withArray("crosses").addObject();
      ArrayNode names = node.putArray("parts");
      cross.parts().forEach(names::add);
      node.put("gain", cross.gain()).put("loss", cross.loss());
    }
  }

  static List<FoundCross> ofJson(JsonNode array) {
    List<FoundCross> crosses = new ArrayList<>();
    for (JsonNode node : array) {
      List<String> parts = new ArrayList<>();
      node.path("parts").forEach(part -> parts.add(part.asText()));
      crosses.add(
          new FoundCross(parts, node.path("gain").asDouble(), node.path("loss").asDouble()));
    }
    return crosses;
  }
}

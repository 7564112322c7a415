package io.destine.artifact;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.EnumFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.charset.StandardCharsets;

/**
 * JSON of the files of a model: snake_case keys in alphabetical order, enums in lower case, absent
 * values left out, so that equal values give equal bytes. Unknown keys are ignored when reading.
 */
final class Json {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
          .enable(EnumFeature.WRITE_ENUMS_TO_LOWERCASE)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .serializationInclusion(JsonInclude.Include.NON_NULL)
          .build();

  private Json() {}

  /** Compact bytes without a line end. */
  static byte[] compact(Object value) throws JsonProcessingException {
    return MAPPER.writeValueAsBytes(sorted(value));
  }

  /** Indented bytes that end with a line end. */
  static byte[] pretty(Object value) throws JsonProcessingException {
    String text = MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(sorted(value));
    return (text + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /** Records as maps, whose keys are written in order. */
  private static Object sorted(Object value) {
    return MAPPER.convertValue(value, Object.class);
  }

  /**
   * The whole number of a key.
   *
   * @throws ModelFormatException when there is none of 32 bits
   */
  static int whole(JsonNode object, String key) {
    return wholeNumber(object.path(key), key);
  }

  /** As {@link #whole}, of each element of the list of a key. */
  static int[] wholes(JsonNode object, String key) {
    int[] numbers = new int[object.path(key).size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = wholeNumber(object.path(key).path(i), key);
    }
    return numbers;
  }

  private static int wholeNumber(JsonNode node, String key) {
    if (!node.isIntegralNumber() || !node.canConvertToInt()) {
      throw new ModelFormatException(key + " must be a whole number of 32 bits, got " + node);
    }
    return node.asInt();
  }

  static ObjectMapper mapper() {
    return MAPPER;
  }
}

package io.destine.artifact;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.cfg.EnumFeature;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * JSON of the files of a model: snake_case keys in alphabetical order, enums in lower case, absent
 * values omitted, so that equal values give equal bytes. Unknown keys are ignored when reading.
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
          .serializationInclusion(JsonInclude.Include.NON_ABSENT)
          .addModule(optionalNumbers())
          .build();

  private Json() {}

  /** Omits the key of an absent number. */
  @SuppressWarnings("rawtypes")
  private static SimpleModule optionalNumbers() {
    SimpleModule module = new SimpleModule();
    module.addSerializer(
        Optional.class,
        new StdSerializer<>(Optional.class) {
          @Override
          public boolean isEmpty(SerializerProvider provider, Optional value) {
            return value.isEmpty();
          }

          @Override
          public void serialize(Optional value, JsonGenerator to, SerializerProvider provider)
              throws IOException {
            to.writeNumber((double) value.orElseThrow());
          }
        });
    module.addDeserializer(
        Optional.class,
        new StdDeserializer<>(Optional.class) {
          @Override
          public Optional deserialize(JsonParser from, DeserializationContext context)
              throws IOException {
            return Optional.of(_parseDoublePrimitive(from, context));
          }

          @Override
          public Optional getNullValue(DeserializationContext context) {
            return Optional.empty();
          }
        });
    return module;
  }

  /** Compact bytes without a line end. */
  static byte[] compact(Object value) throws JsonProcessingException {
    return MAPPER.writeValueAsBytes(sorted(value));
  }

  /** Indented bytes that end with a line end. */
  static byte[] pretty(Object value) throws JsonProcessingException {
    String text = MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(sorted(value));
    return (text + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /** Converts records to maps, whose keys are written in order. */
  private static Object sorted(Object value) {
    return MAPPER.convertValue(value, Object.class);
  }

  /**
   * The integer with a key.
   *
   * @throws ModelFormatException when it is missing or not a 32-bit integer
   */
  static int whole(JsonNode object, String key) {
    return wholeNumber(object.path(key), key);
  }

  /** Like {@link #whole}, for each element of the list with a key. */
  static int[] wholes(JsonNode object, String key) {
    int[] numbers = new int[object.path(key).size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = wholeNumber(object.path(key).path(i), key);
    }
    return numbers;
  }

  private static int wholeNumber(JsonNode node, String key) {
    if (!node.isIntegralNumber() || !node.canConvertToInt()) {
      throw new ModelFormatException(key + " must be a 32-bit integer, got " + node);
    }
    return node.asInt();
  }

  static ObjectMapper mapper() {
    return MAPPER;
  }
}

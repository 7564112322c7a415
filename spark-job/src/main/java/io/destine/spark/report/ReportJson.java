package io.destine.spark.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.deser.DeserializationProblemHandler;
import com.fasterxml.jackson.databind.deser.ValueInstantiator;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import com.fasterxml.jackson.databind.type.LogicalType;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/**
 * Reads and writes records of reports as JSON: keys in snake case, absent values omitted. A value
 * with a type other than the record's is treated as absent.
 */
final class ReportJson {
  private static final ObjectMapper MAPPER =
      new ObjectMapper()
          .setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .setSerializationInclusion(JsonInclude.Include.NON_EMPTY)
          .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false)
          .registerModule(
              new SimpleModule()
                  .addSerializer(Instant.class, ToStringSerializer.instance)
                  .addSerializer(LocalDate.class, ToStringSerializer.instance)
                  .addDeserializer(Instant.class, new Times<>(Instant.class, Instant::parse))
                  .addDeserializer(LocalDate.class, new Times<>(LocalDate.class, LocalDate::parse)))
          .addHandler(new Lenient());

  static {
    for (CoercionInputShape other :
        List.of(CoercionInputShape.Integer, CoercionInputShape.Float, CoercionInputShape.Boolean)) {
      MAPPER.coercionConfigFor(LogicalType.Textual).setCoercion(other, CoercionAction.AsNull);
    }
    MAPPER
        .coercionConfigFor(LogicalType.Integer)
        .setCoercion(CoercionInputShape.Float, CoercionAction.AsNull);
  }

  private ReportJson() {}

  /** A record; without values if the node is not an object. */
  static <T> T read(JsonNode json, Class<T> type) {
    try {
      return MAPPER.treeToValue(json.isObject() ? json : MAPPER.createObjectNode(), type);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("report: " + e.getOriginalMessage(), e);
    }
  }

  /** The records of an array; empty for null. */
  static <T> List<T> list(JsonNode json, Class<T> type) {
    List<T> list = new ArrayList<>();
    for (JsonNode item : json == null ? MissingNode.getInstance() : json) {
      if (item.isObject()) {
        list.add(read(item, type));
      }
    }
    return list;
  }

  /** A list without nulls; empty for null. */
  static <T> List<T> list(List<T> list) {
    return list == null ? List.of() : list.stream().filter(Objects::nonNull).toList();
  }

  /** One object with the keys of all records. */
  static ObjectNode merged(Record... records) {
    ObjectNode json = MAPPER.createObjectNode();
    for (Record each : records) {
      json.setAll(MAPPER.<ObjectNode>valueToTree(each));
    }
    return json;
  }

  /** Reads times from ISO texts. */
  private static final class Times<T> extends StdDeserializer<T> {
    private static final long serialVersionUID = 1L;
    private final transient Function<String, T> parse;

    Times(Class<T> type, Function<String, T> parse) {
      super(type);
      this.parse = parse;
    }

    @Override
    public T deserialize(JsonParser parser, DeserializationContext context) throws IOException {
      if (parser.currentToken() == JsonToken.VALUE_STRING) {
        try {
          return parse.apply(parser.getText());
        } catch (DateTimeException e) {
          return null;
        }
      }
      parser.skipChildren();
      return null;
    }
  }

  /** Replaces a value of another type by null. */
  private static final class Lenient extends DeserializationProblemHandler {
    @Override
    public Object handleUnexpectedToken(
        DeserializationContext context,
        JavaType type,
        JsonToken token,
        JsonParser parser,
        String failure)
        throws IOException {
      parser.skipChildren();
      return type.hasRawClass(boolean.class) ? false : null;
    }

    @Override
    public Object handleMissingInstantiator(
        DeserializationContext context,
        Class<?> type,
        ValueInstantiator instantiator,
        JsonParser parser,
        String failure)
        throws IOException {
      parser.skipChildren();
      return null;
    }

    @Override
    public Object handleWeirdStringValue(
        DeserializationContext context, Class<?> type, String value, String failure) {
      return null;
    }

    @Override
    public Object handleWeirdNumberValue(
        DeserializationContext context, Class<?> type, Number value, String failure) {
      return null;
    }
  }
}

package io.destine.spark.conf;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import io.destine.config.Components;
import io.destine.config.Meaning;
import io.destine.feature.Transform;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The keys of one object of a configuration. Reading a key declares it as a setting, checks its
 * type and records its effective value; a missing key gets its default.
 */
final class Section {
  /** SQL conditions, in which {@code token = 'a'} compares a column and gives no secret away. */
  private static final Set<String> CONDITIONS = Set.of("where", "complete-when");

  private final Reading reading;
  private final String path;
  private final ConfigObject object;
  private final ObjectNode effective;
  private final Set<String> known = new TreeSet<>();

  Section(Reading reading, String path, ConfigObject object, ObjectNode effective) {
    this.reading = reading;
    this.path = path;
    this.object = object;
    this.effective = effective;
  }

  String path() {
    return path;
  }

  String key(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  boolean has(String name) {
    known.add(name);
    return given(name, "", "", "").isPresent();
  }

  /** The given keys that no other reader reads, in alphabetical order. */
  List<String> names() {
    return object.keySet().stream().filter(name -> !known.contains(name)).sorted().toList();
  }

  /** Declares a key that another reader reads. */
  void declare(String name, String type, String preset, String meaning) {
    given(name, type, preset, meaning);
  }

  /** Reserves the position of a subsection before other keys in the recorded values. */
  void reserve(String name) {
    effective.putObject(name);
  }

  /** The object under a key; empty if missing. */
  Section section(String name) {
    ObjectNode node =
        effective.get(name) instanceof ObjectNode existing ? existing : effective.putObject(name);
    return reading.section(key(name), object(name), node);
  }

  /**
   * The same without recording values; it may also contain the keys known so far in this section.
   */
  Section aside(String name) {
    ConfigObject inner = object(name);
    Section section = reading.section(key(name), inner, JsonNodeFactory.instance.objectNode());
    section.known.addAll(known);
    section.known.remove(name);
    return section;
  }

  private ConfigObject object(String name) {
    known.add(name);
    ConfigValue value = object.get(name);
    if (value == null) {
      return ConfigFactory.empty().root();
    }
    reading.found(key(name), value);
    if (value instanceof ConfigObject found) {
      return found;
    }
    reading.reject(key(name), " is " + shown(value) + "; it must be an object, { key = value }");
    return ConfigFactory.empty().root();
  }

  /**
   * The value of a key.
   *
   * @param type of a component of a record
   * @param preset the value if the key is missing
   * @param references recorded texts of secrets in an object, by key, instead of "(hidden)"
   */
  Object value(
      String name, Type type, Object preset, Meaning meaning, Map<String, String> references) {
    Class<?> raw = (Class<?>) (type instanceof ParameterizedType t ? t.getRawType() : type);
    if (raw == Map.class) {
      return map(name, texts((Map<?, ?>) preset), references, meaning.value());
    }
    Type[] of = type instanceof ParameterizedType t ? t.getActualTypeArguments() : new Type[1];
    if (raw == List.class && of[0] instanceof ParameterizedType) {
      return lists(name, (List<?>) preset, meaning.value());
    } else if (raw == List.class) {
      return list(name, (Class<?>) of[0], (List<?>) preset, meaning.value());
    } else if (raw == Optional.class) {
      Object given = ((Optional<?>) preset).orElse(null);
      String shown = given == null ? meaning.preset() : text(given);
      Class<?> scalar = (Class<?>) of[0];
      boolean orText = scalar == Double.class && !meaning.preset().isEmpty();
      String expected = expected(scalar) + (orText ? " or " + meaning.preset() : "");
      if (orText && isText(name, meaning.preset())) {
        given(name, expected, shown, meaning.value());
        return Optional.empty();
      }
      return Optional.ofNullable(scalar(name, scalar, expected, given, shown, meaning.value()));
    } else if (meaning.required().isEmpty()) {
      return scalar(name, raw, expected(raw), preset, text(preset), meaning.value());
    }
    Object given = preset.equals(Components.MISSING) ? null : preset;
    Object text = scalar(name, raw, expected(raw), given, "", meaning.value());
    if (text != null && !text.equals("")) {
      return text;
    }
    if (!reading.rejected(key(name))) {
      reading.missing(key(name), meaning.required());
    }
    note(name, Components.MISSING);
    return Components.MISSING;
  }

  /**
   * Whether the value of a key is the given text, such as {@code auto}, which stands for an absent
   * number.
   */
  private boolean isText(String name, String text) {
    ConfigValue value = object.get(name);
    return value != null && value.unwrapped() instanceof String found && found.equals(text);
  }

  private static Map<String, String> texts(Map<?, ?> map) {
    Map<String, String> texts = new TreeMap<>();
    map.forEach((key, text) -> texts.put((String) key, (String) text));
    return texts;
  }

  private Map<String, String> map(
      String name, Map<String, String> texts, Map<String, String> references, String meaning) {
    given(name, "an object of strings", texts.toString(), meaning)
        .ifPresent(
            value -> {
              if (value instanceof ConfigObject given) {
                texts.clear();
                given
                    .toConfig()
                    .entrySet()
                    .forEach(e -> texts.put(unquoted(e.getKey()), optionText(name, e)));
              } else {
                reading.reject(
                    key(name), " is " + shown(value) + "; it must be an object of strings");
              }
            });
    ObjectNode node = effective.putObject(name);
    texts.forEach(
        (key, text) ->
            node.put(key, Redaction.of(name + "." + key, references.getOrDefault(key, text))));
    return texts;
  }

  private String optionText(String name, Map.Entry<String, ConfigValue> option) {
    String key = key(name) + "." + option.getKey();
    if (option.getValue() instanceof ConfigList) {
      reading.found(key, option.getValue());
      reading.reject(key, " is a list; it must be a string");
      return "";
    }
    return reading.secret(key, unquoted(option.getKey()), scalarText(option.getValue()));
  }

  /**
   * The sections of a list of objects, in which a text is short for an object with that name; empty
   * if the key is missing or its value is "*" or not a list.
   */
  Optional<List<Section>> sections(String name, String preset, String meaning) {
    String type = "\"*\", or a list of objects and names";
    Optional<ConfigValue> value = given(name, type, preset, meaning);
    if (value.isEmpty() || "*".equals(value.get().unwrapped())) {
      return Optional.empty();
    }
    if (!(value.get() instanceof ConfigList list)) {
      reading.reject(key(name), " is " + shown(value.get()) + "; it must be " + type);
      return Optional.empty();
    }
    ArrayNode nodes = effective.putArray(name);
    List<Section> sections = new ArrayList<>();
    for (ConfigValue element : list) {
      String elementPath = key(name) + "[" + sections.size() + "]";
      reading.found(elementPath, element);
      ConfigObject entry = ConfigFactory.empty().root();
      if (element instanceof ConfigObject found) {
        entry = found;
      } else if (element.valueType() == ConfigValueType.STRING) {
        entry = entry.withValue("name", element);
      } else {
        reading.reject(elementPath, " is " + shown(element) + "; it must be a name or an object");
        continue;
      }
      sections.add(reading.section(elementPath, entry, nodes.addObject()));
    }
    return Optional.of(sections);
  }

  /** A section of a list entry that is not in the file, for presets. */
  Section preset(String name, int index) {
    ArrayNode nodes =
        effective.get(name) instanceof ArrayNode existing ? existing : effective.putArray(name);
    return reading.section(
        key(name) + "[" + index + "]", ConfigFactory.empty().root(), nodes.addObject());
  }

  void note(String name, Object value) {
    if (value instanceof Number || value instanceof Boolean) {
      effective.putPOJO(name, value);
    } else if (value != null) {
      String text = text(value);
      effective.put(name, isCondition(name) ? Redaction.address(text) : Redaction.of(name, text));
    }
  }

  /** Records keys that were never read as unknown. */
  void rejectUnknownKeys() {
    for (Map.Entry<String, ConfigValue> entry : object.entrySet()) {
      if (!known.contains(entry.getKey())) {
        String key = key(entry.getKey());
        List<String> names = new ArrayList<>();
        known.forEach(name -> names.add(key(name)));
        reading.settings().forEach(setting -> names.add(setting.key()));
        reading.found(key, entry.getValue());
        reading.unknown(key, NearestName.suggestion(key, names));
      }
    }
  }

  /** A list; a single value is a list with one element. */
  private List<?> list(String name, Class<?> of, List<?> preset, String meaning) {
    String type = of == Integer.class ? "a list of whole numbers" : "a list of strings";
    List<?> result = preset;
    Optional<ConfigValue> value = given(name, type, preset.toString(), meaning);
    if (value.isPresent()) {
      List<ConfigValue> elements =
          value.get() instanceof ConfigList list ? list : List.of(value.get());
      try {
        result = elements.stream().map(e -> parsed(of, scalarText(e))).toList();
      } catch (IllegalArgumentException e) {
        reading.reject(key(name), " is " + shown(value.get()) + "; it must be " + type);
      }
    }
    ArrayNode node = effective.putArray(name);
    for (Object element : result) {
      if (element instanceof Integer number) {
        node.add(number);
      } else {
        String text = element.toString();
        node.add(isCondition(name) ? Redaction.address(text) : Redaction.text(text));
      }
    }
    return result;
  }

  private static boolean isCondition(String name) {
    return CONDITIONS.contains(name);
  }

  /** A list of lists of texts. */
  private List<?> lists(String name, List<?> preset, String meaning) {
    String type = "a list of lists of strings";
    List<?> result = preset;
    Optional<ConfigValue> value = given(name, type, preset.toString(), meaning);
    if (value.isPresent()) {
      try {
        result = lists(value.get());
      } catch (IllegalArgumentException e) {
        reading.reject(key(name), " is " + shown(value.get()) + "; it must be " + type);
      }
    }
    ArrayNode node = effective.putArray(name);
    for (Object each : result) {
      ArrayNode inner = node.addArray();
      ((List<?>) each).forEach(text -> inner.add(Redaction.text(text.toString())));
    }
    return result;
  }

  private static List<List<String>> lists(ConfigValue value) {
    List<List<String>> lists = new ArrayList<>();
    for (ConfigValue each : value instanceof ConfigList list ? list : List.of(value)) {
      if (!(each instanceof ConfigList inner)) {
        throw new IllegalArgumentException("value must be a list");
      }
      lists.add(inner.stream().map(Section::scalarText).toList());
    }
    return lists;
  }

  private Object scalar(
      String name,
      Class<?> type,
      String expected,
      Object preset,
      String shownPreset,
      String meaning) {
    Object result = preset;
    Optional<ConfigValue> value = given(name, expected, shownPreset, meaning);
    if (value.isPresent()) {
      try {
        result = parsed(type, scalarText(value.get()));
      } catch (IllegalArgumentException e) {
        reading.reject(key(name), " is " + shown(value.get()) + "; it must be " + expected);
      }
    }
    note(name, result);
    return result;
  }

  private static String expected(Class<?> type) {
    if (type.isEnum()) {
      return Stream.of(type.getEnumConstants())
          .map(Section::text)
          .collect(Collectors.joining(", ", "one of ", ""));
    } else if (type == boolean.class) {
      return "true or false";
    } else if (type == double.class || type == Double.class) {
      return "a number";
    }
    return type == String.class ? "a string" : "a whole number";
  }

  private static Object parsed(Class<?> type, String text) {
    return type == boolean.class ? (Object) parseFlag(text) : Components.parse(type, text);
  }

  private Optional<ConfigValue> given(String name, String type, String preset, String meaning) {
    known.add(name);
    if (!type.isEmpty()) {
      String declared = key(name).replaceAll("\\[\\d+]", "[]");
      reading.declare(new Setting(declared, type, preset, meaning));
    }
    ConfigValue value = object.get(name);
    if (value == null || value.valueType() == ConfigValueType.NULL) {
      return Optional.empty();
    }
    reading.found(key(name), value);
    reading.requireNothingHidden(key(name), value);
    return reading.rejected(key(name)) ? Optional.empty() : Optional.of(value);
  }

  /** The text of a scalar; a number keeps its spelling: 007 stays 007. */
  static String scalarText(ConfigValue value) {
    return switch (value.valueType()) {
      case OBJECT, LIST, NULL -> throw new IllegalArgumentException("value must be a scalar");
      case NUMBER -> value.atKey("number").getString("number");
      default -> value.unwrapped().toString();
    };
  }

  private static String shown(ConfigValue value) {
    return switch (value.valueType()) {
      case OBJECT -> "an object";
      case LIST -> "the list " + Redaction.text(spelled(value));
      default -> "\"" + Redaction.text(spelled(value)) + "\"";
    };
  }

  private static String spelled(ConfigValue value) {
    return switch (value.valueType()) {
      case LIST -> ((ConfigList) value).stream().map(Section::spelled).toList().toString();
      case OBJECT, NULL -> String.valueOf(value.unwrapped());
      default -> scalarText(value);
    };
  }

  private static boolean parseFlag(String text) {
    return switch (text) {
      case "true", "yes", "on" -> true;
      case "false", "no", "off" -> false;
      default -> throw new IllegalArgumentException(text);
    };
  }

  /** A value in configuration syntax. */
  private static String text(Object value) {
    return value instanceof Enum<?> choice && !(choice instanceof Transform)
        ? choice.name().toLowerCase(Locale.ROOT)
        : value instanceof Transform transform ? transform.key() : String.valueOf(value);
  }

  static String unquoted(String key) {
    return String.join(".", ConfigUtil.splitPath(key));
  }
}

package io.destine.spark.conf;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import io.destine.feature.Transform;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The keys of one object of a configuration. Every method reads one key: it declares the setting,
 * checks the type, notes the effective value, and gives the default when the key is left out.
 */
final class Section {
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
    return value(name, "", "", "").isPresent();
  }

  /** The object under a key; without keys when left out. */
  Section section(String name) {
    known.add(name);
    ConfigValue value = object.get(name);
    ConfigObject inner = ConfigFactory.empty().root();
    if (value != null) {
      reading.found(key(name), value);
      if (value instanceof ConfigObject found) {
        inner = found;
      } else {
        reading.reject(
            key(name), " is " + shown(value) + "; it must be an object, { key = value }");
      }
    }
    ObjectNode node =
        effective.get(name) instanceof ObjectNode existing ? existing : effective.putObject(name);
    return new Section(reading, key(name), inner, node);
  }

  String text(String name, String preset, String meaning) {
    String text = scalar(name, "a text", preset, meaning, Function.identity());
    note(name, text);
    return text;
  }

  String required(String name, String preset, String expected, String meaning) {
    String text = scalar(name, "a text", preset, "", meaning, Function.identity());
    if (text == null || text.isEmpty()) {
      if (!reading.rejected(key(name))) {
        reading.missing(key(name), expected);
      }
      text = "?";
    }
    note(name, text);
    return text;
  }

  Optional<String> optional(String name, Optional<String> preset, String meaning) {
    String text = scalar(name, "a text", preset.orElse(null), meaning, Function.identity());
    note(name, text);
    return Optional.ofNullable(text);
  }

  int integer(String name, int preset, String meaning) {
    int number = scalar(name, "a whole number", preset, meaning, Integer::valueOf);
    effective.put(name, number);
    return number;
  }

  Optional<Integer> optionalInteger(String name, Optional<Integer> preset, String meaning) {
    Integer number = scalar(name, "a whole number", preset.orElse(null), meaning, Integer::valueOf);
    if (number != null) {
      effective.put(name, number);
    }
    return Optional.ofNullable(number);
  }

  long longInteger(String name, long preset, String meaning) {
    long number = scalar(name, "a whole number", preset, meaning, Long::valueOf);
    effective.put(name, number);
    return number;
  }

  double decimal(String name, double preset, String meaning) {
    double number = scalar(name, "a number", preset, meaning, Double::valueOf);
    effective.put(name, number);
    return number;
  }

  Optional<Double> optionalDecimal(String name, Optional<Double> preset, String meaning) {
    Double number = scalar(name, "a number", preset.orElse(null), meaning, Double::valueOf);
    if (number != null) {
      effective.put(name, number);
    }
    return Optional.ofNullable(number);
  }

  boolean flag(String name, boolean preset, String meaning) {
    boolean flag = scalar(name, "true or false", preset, meaning, Section::parseFlag);
    effective.put(name, flag);
    return flag;
  }

  <E extends Enum<E>> E choice(String name, Class<E> type, E preset, String meaning) {
    return choice(name, type, preset, preset == null ? "" : key(preset), meaning);
  }

  <E extends Enum<E>> E choice(
      String name, Class<E> type, E preset, String shownPreset, String meaning) {
    String choices =
        Stream.of(type.getEnumConstants()).map(Section::key).collect(Collectors.joining(", "));
    E choice = scalar(name, "one of " + choices, preset, shownPreset, meaning, t -> parse(type, t));
    note(name, choice == null ? null : key(choice));
    return choice;
  }

  /** A list of texts; a single text is a list of one. */
  List<String> texts(String name, List<String> preset, String meaning) {
    return list(name, "a list of texts", preset, meaning, Function.identity());
  }

  List<Integer> integers(String name, List<Integer> preset, String meaning) {
    return list(name, "a list of whole numbers", preset, meaning, Integer::valueOf);
  }

  /**
   * An object of free keys and texts.
   *
   * @param references what is noted of secrets, by key, in place of "(hidden)"
   */
  Map<String, String> map(
      String name, Map<String, String> preset, Map<String, String> references, String meaning) {
    Map<String, String> texts = new TreeMap<>(preset);
    value(name, "an object of texts", preset.isEmpty() ? "{}" : preset.toString(), meaning)
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
                    key(name), " is " + shown(value) + "; it must be an object of texts");
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
      reading.reject(key, " is a list; it must be a text");
      return "";
    }
    return reading.secret(key, unquoted(option.getKey()), scalarText(option.getValue()));
  }

  /**
   * The texts in the object at a path by key, of those that hold a secret in the other
   * configuration; empty when there is no such object.
   */
  static Map<String, String> secretTexts(Config config, String path, Config other) {
    Map<String, String> texts = new TreeMap<>();
    if (isObject(config, path) && isObject(other, path)) {
      Config others = other.getConfig(path);
      for (Map.Entry<String, ConfigValue> entry : config.getConfig(path).entrySet()) {
        String key = unquoted(entry.getKey());
        if (!(entry.getValue() instanceof ConfigList) && others.hasPath(entry.getKey())) {
          String secret = String.valueOf(others.getValue(entry.getKey()).unwrapped());
          String text = scalarText(entry.getValue());
          if (!Redaction.of(path + "." + key, secret).equals(secret) && !text.equals(secret)) {
            texts.put(key, text);
          }
        }
      }
    }
    return texts;
  }

  private static boolean isObject(Config config, String path) {
    return config.hasPath(path) && config.getValue(path) instanceof ConfigObject;
  }

  /**
   * The sections of a list of objects, in which a text stands for an object of that name; none when
   * the key is left out.
   */
  Optional<List<Section>> sections(String name, String preset, String meaning) {
    String type = "\"*\", or a list of objects and names";
    Optional<ConfigValue> value = value(name, type, preset, meaning);
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
      sections.add(new Section(reading, elementPath, entry, nodes.addObject()));
    }
    return Optional.of(sections);
  }

  /** A section of a list that is not in the file, for presets. */
  Section preset(String name, int index) {
    ArrayNode nodes =
        effective.get(name) instanceof ArrayNode existing ? existing : effective.putArray(name);
    return new Section(
        reading, key(name) + "[" + index + "]", ConfigFactory.empty().root(), nodes.addObject());
  }

  void note(String name, String text) {
    if (text != null) {
      effective.put(name, Redaction.of(name, text));
    }
  }

  /** Records keys that no method was asked for. */
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

  private <T> List<T> list(
      String name, String type, List<T> preset, String meaning, Function<String, T> parser) {
    List<T> result = preset;
    Optional<ConfigValue> value = value(name, type, preset.toString(), meaning);
    if (value.isPresent()) {
      List<ConfigValue> elements =
          value.get() instanceof ConfigList list ? list : List.of(value.get());
      try {
        result = elements.stream().map(e -> parser.apply(scalarText(e))).toList();
      } catch (IllegalArgumentException e) {
        reading.reject(key(name), " is " + shown(value.get()) + "; it must be " + type);
      }
    }
    ArrayNode node = effective.putArray(name);
    for (T element : result) {
      if (element instanceof Integer number) {
        node.add(number);
      } else {
        node.add(Redaction.text(element.toString()));
      }
    }
    return result;
  }

  private <T> T scalar(
      String name, String type, T preset, String meaning, Function<String, T> parser) {
    return scalar(name, type, preset, preset == null ? "" : preset.toString(), meaning, parser);
  }

  private <T> T scalar(
      String name,
      String type,
      T preset,
      String shownPreset,
      String meaning,
      Function<String, T> parser) {
    Optional<ConfigValue> value = value(name, type, shownPreset, meaning);
    if (value.isEmpty()) {
      return preset;
    }
    try {
      return parser.apply(scalarText(value.get()));
    } catch (IllegalArgumentException e) {
      reading.reject(key(name), " is " + shown(value.get()) + "; it must be " + type);
      return preset;
    }
  }

  private Optional<ConfigValue> value(String name, String type, String preset, String meaning) {
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

  /** A number is the text that it was written as: 007 stays 007. */
  private static String scalarText(ConfigValue value) {
    return switch (value.valueType()) {
      case OBJECT, LIST, NULL -> throw new IllegalArgumentException("value must be a scalar");
      case NUMBER -> value.atKey("number").getString("number");
      default -> value.unwrapped().toString();
    };
  }

  private static String shown(ConfigValue value) {
    return switch (value.valueType()) {
      case OBJECT -> "an object";
      case LIST -> "the list " + Redaction.text(String.valueOf(value.unwrapped()));
      default -> "\"" + Redaction.text(String.valueOf(value.unwrapped())) + "\"";
    };
  }

  private static boolean parseFlag(String text) {
    return switch (text) {
      case "true", "yes", "on" -> true;
      case "false", "no", "off" -> false;
      default -> throw new IllegalArgumentException(text);
    };
  }

  private static <E extends Enum<E>> E parse(Class<E> type, String text) {
    return Enum.valueOf(type, text.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  private static String key(Enum<?> choice) {
    String name = choice.name().toLowerCase(Locale.ROOT);
    return choice instanceof Transform t ? t.key() : name;
  }

  private static String unquoted(String key) {
    return String.join(".", ConfigUtil.splitPath(key));
  }
}

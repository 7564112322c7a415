package io.destine.spark.conf;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigResolver;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Resolved HOCON with overrides, or an error of one line.
 *
 * @param root the configuration
 * @param references the same with {@code ${NAME}} instead of the value of every environment
 *     variable
 */
record HoconFile(Config root, Config references) {
  /** Origin description of a configuration read from a text. */
  static final String TEXT = "configuration";

  private static final String OPTIONS = "options";
  private static final String CROSSES = "crosses";
  private static final String OVERRIDE = "--set";

  static HoconFile read(Path file, List<String> overrides) {
    if (Files.isDirectory(file)) {
      throw new ConfigProblems(
          List.of(file + " is a directory; --config takes a configuration file"));
    }
    if (!Files.exists(file)) {
      throw new ConfigProblems(List.of(file + ": no such configuration file"));
    }
    if (!Files.isReadable(file)) {
      throw new ConfigProblems(List.of(file + ": no permission to read the configuration file"));
    }
    return resolved(() -> ConfigFactory.parseFile(file.toAbsolutePath().toFile()), overrides);
  }

  static HoconFile parse(String hocon, List<String> overrides) {
    ConfigParseOptions named = ConfigParseOptions.defaults().setOriginDescription(TEXT);
    return resolved(() -> ConfigFactory.parseString(hocon, named), overrides);
  }

  private static HoconFile resolved(Supplier<Config> file, List<String> overrides) {
    try {
      Config config = whole(file.get());
      for (String override : overrides) {
        // The user's spelling is kept, too: other values may refer to it.
        Config given = override(override);
        config = whole(quoted(given).withFallback(given).withFallback(config));
      }
      Config root = config.resolve();
      Config references =
          config.resolve(
              ConfigResolveOptions.defaults()
                  .setUseSystemEnvironment(false)
                  .appendResolver(new Environment()));
      return new HoconFile(quoted(whole(root)), quoted(whole(references)));
    } catch (ConfigException e) {
      throw new ConfigProblems(List.of(Redaction.text(e.getMessage().replaceAll("\\s+", " "))));
    }
  }

  /**
   * Expands the short forms {@code crosses = auto} and {@code crosses = [[a, b]]} to the whole
   * section. A variable that is not yet resolved stays.
   */
  static Config whole(Config config) {
    ConfigValue value;
    try {
      value = config.root().get(CROSSES);
      if (value == null
          || value.valueType() == ConfigValueType.OBJECT
          || value.valueType() == ConfigValueType.NULL) {
        return config;
      }
    } catch (ConfigException.NotResolved e) {
      return config;
    }
    Config others = config.withoutPath(CROSSES);
    return value instanceof ConfigList
        ? others
            .withValue(CROSSES + ".fields", value)
            .withValue(CROSSES + ".search", ConfigValueFactory.fromAnyRef("none"))
        : others.withValue(CROSSES + ".search", value);
  }

  /**
   * One {@code key=value}. The value is taken literally, including {@code //} and {@code #}, unless
   * it begins like a list, an object or a quoted text, is null, refers to a variable, or belongs to
   * {@code key+=value}; then it is HOCON.
   */
  static Config override(String keyAndValue) {
    int equals = keyAndValue.indexOf('=');
    String key = keyAndValue.substring(0, Math.max(equals, 0)).strip();
    if (key.isEmpty()) {
      throw new ConfigProblems(
          List.of(
              OVERRIDE
                  + " takes KEY=VALUE, such as train.epochs=3; \""
                  + Redaction.text(keyAndValue)
                  + (equals < 0 ? "\" has no \"=\"" : "\" has no key")));
    }
    String text = keyAndValue.substring(equals + 1).strip();
    ConfigParseOptions named = ConfigParseOptions.defaults().setOriginDescription(OVERRIDE);
    if (key.endsWith("+")) {
      return ConfigFactory.parseString(key + "=" + withoutComments(text), named);
    }
    ConfigValue value = ConfigValueFactory.fromAnyRef(text, OVERRIDE);
    if (text.equals("null") || text.contains("${") || text.matches("(?s)[\\[{\"].*")) {
      try {
        Config parsed = ConfigFactory.parseString("value=" + withoutComments(text), named);
        value = parsed.root().size() == 1 ? parsed.root().get("value") : value;
      } catch (ConfigException.Parse e) {
        // Not HOCON after all: a password may begin with a bracket.
      }
    }
    List<String> names;
    try {
      names = ConfigUtil.splitPath(key);
    } catch (ConfigException.BadPath e) {
      throw new ConfigProblems(List.of(OVERRIDE + ": \"" + key + "\" is not a key"));
    }
    for (int n = names.size() - 1; n > 0; n--) {
      value = ConfigValueFactory.fromMap(Map.of(names.get(n), value), OVERRIDE);
    }
    return ConfigValueFactory.fromMap(Map.of(names.get(0), value), OVERRIDE).toConfig();
  }

  /**
   * The configuration with one quoted key for each option of a reader: {@code a.b = 1} becomes
   * {@code "a.b" = 1}. If both spellings are present, the quoted one counts.
   */
  private static Config quoted(Config config) {
    Config quoted = config;
    List<String> sections = new ArrayList<>(List.of("source"));
    if (config.root().get("tables") instanceof ConfigObject tables) {
      tables.keySet().forEach(name -> sections.add(table(name)));
    }
    for (String section : sections) {
      ConfigValue value = config.root();
      for (String word : ConfigUtil.splitPath(section + "." + OPTIONS)) {
        value = value instanceof ConfigObject object ? object.get(word) : null;
      }
      if (value instanceof ConfigObject options) {
        Map<String, ConfigValue> flat = new TreeMap<>();
        flatten("", options, flat);
        quoted =
            quoted.withValue(
                section + "." + OPTIONS,
                ConfigValueFactory.fromMap(flat).withOrigin(options.origin()));
      }
    }
    return quoted;
  }

  /**
   * True if {@code key=value} gives a value to the key with these names, also inside an object.
   *
   * @param names an option of a reader is one name, even with dots
   */
  static boolean gives(String keyAndValue, List<String> names) {
    ConfigValue value = quoted(override(keyAndValue)).root();
    for (String name : names) {
      value = value instanceof ConfigObject object ? object.get(name) : null;
    }
    return value != null;
  }

  /** Puts the values of objects first, so that a value with a shorter path replaces them. */
  private static void flatten(String prefix, ConfigObject from, Map<String, ConfigValue> into) {
    for (boolean objects : new boolean[] {true, false}) {
      for (String key : new TreeSet<>(from.keySet())) {
        ConfigValue value = from.get(key);
        if (!(value instanceof ConfigObject inner)) {
          if (!objects) {
            into.put(prefix + key, value);
          }
        } else if (objects) {
          flatten(prefix + key + ".", inner, into);
        }
      }
    }
  }

  /** The path of a side table's section. */
  static String table(String name) {
    return "tables." + ConfigUtil.quoteString(name);
  }

  /**
   * A configuration as JSON that is read back as the same configuration: a number that JSON would
   * spell differently, such as 007 or 1.0, becomes a text.
   */
  static String text(Config config) {
    return spelled(config.root()).render(ConfigRenderOptions.concise().setFormatted(true));
  }

  /** The value with texts in place of the numbers that JSON would spell differently. */
  static ConfigValue spelled(ConfigValue value) {
    if (value instanceof ConfigObject object) {
      ConfigObject spelled = object;
      for (Map.Entry<String, ConfigValue> entry : object.entrySet()) {
        spelled = spelled.withValue(entry.getKey(), spelled(entry.getValue()));
      }
      return spelled;
    } else if (value instanceof ConfigList list) {
      return ConfigValueFactory.fromIterable(list.stream().map(HoconFile::spelled).toList());
    } else if (value.valueType() == ConfigValueType.NUMBER) {
      String text = Section.scalarText(value);
      return text.equals(value.unwrapped().toString())
          ? value
          : ConfigValueFactory.fromAnyRef(text);
    }
    return value;
  }

  /** HOCON with quotes around the characters that would begin a comment. */
  private static String withoutComments(String hocon) {
    StringBuilder text = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < hocon.length(); i++) {
      char c = hocon.charAt(i);
      if (quoted && c == '\\' && i + 1 < hocon.length()) {
        text.append(c).append(hocon.charAt(++i));
      } else if (!quoted && c == '#') {
        text.append("\"#\"");
      } else if (!quoted && hocon.startsWith("//", i)) {
        text.append("\"//\"");
        i++;
      } else {
        quoted ^= c == '"';
        text.append(c);
      }
    }
    return text.toString();
  }

  /** Resolves each set environment variable to a reference to it, not to its value. */
  private static final class Environment implements ConfigResolver {
    @Override
    public ConfigValue lookup(String path) {
      return System.getenv(path) == null
          ? null
          : ConfigValueFactory.fromAnyRef("${" + path + "}", "environment");
    }

    @Override
    public ConfigResolver withFallback(ConfigResolver fallback) {
      return this;
    }
  }

  /**
   * The placeholders of secrets in the options of Spark's reader, by option.
   *
   * @param section path of the source
   */
  Map<String, String> optionReferences(String section) {
    Map<String, String> texts = new TreeMap<>();
    String path = section + "." + OPTIONS;
    if (isObject(references, path) && isObject(root, path)) {
      Config options = root.getConfig(path);
      for (Map.Entry<String, ConfigValue> entry : references.getConfig(path).entrySet()) {
        String key = Section.unquoted(entry.getKey());
        if (!(entry.getValue() instanceof ConfigList) && options.hasPath(entry.getKey())) {
          String secret = String.valueOf(options.getValue(entry.getKey()).unwrapped());
          String text = Section.scalarText(entry.getValue());
          if (!Redaction.of(OPTIONS + "." + key, secret).equals(secret) && !text.equals(secret)) {
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
}

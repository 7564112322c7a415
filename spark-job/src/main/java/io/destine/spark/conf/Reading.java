package io.destine.spark.conf;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import io.destine.config.SettingProblem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Matcher;

/**
 * One pass over a configuration: collects the problems, the existing keys and the keys that were
 * read. One thread.
 */
final class Reading {
  private final String name;

  /** The origin of a configuration. A configuration stored in a model has no secrets. */
  enum Origin {
    FILE,
    MODEL,
    /** A model whose references to environment variables are resolved. */
    TRUSTED_MODEL
  }

  private final Origin origin;
  private final Set<String> problems = new LinkedHashSet<>();
  private final Map<String, Setting> settings = new LinkedHashMap<>();
  private final Map<String, ConfigValue> found = new TreeMap<>();
  private final List<Section> sections = new ArrayList<>();
  private final Set<String> rejected = new LinkedHashSet<>();

  /**
   * A pass over a configuration.
   *
   * @param name in messages: a file's path as given by the user, or the name of a text or a model
   * @param origin of the configuration
   */
  Reading(String name, Origin origin) {
    this.name = name;
    this.origin = origin;
  }

  void declare(Setting setting) {
    settings.putIfAbsent(setting.key(), setting);
  }

  List<Setting> settings() {
    return List.copyOf(settings.values());
  }

  /** Records where a key was found. */
  void found(String key, ConfigValue value) {
    found.put(key, value);
  }

  /** A section of keys; unknown keys are problems. */
  Section section(String path, ConfigObject object, ObjectNode effective) {
    Section section = new Section(this, path, object, effective);
    sections.add(section);
    return section;
  }

  void rejectUnknownKeys() {
    sections.forEach(Section::rejectUnknownKeys);
  }

  /** An empty section, used to declare its settings; effective values are discarded. */
  Section scratch(String path) {
    return new Section(
        this, path, ConfigFactory.empty().root(), JsonNodeFactory.instance.objectNode());
  }

  /** Whether the configuration is stored in a model. */
  boolean ofModel() {
    return origin != Origin.FILE;
  }

  boolean rejected(String key) {
    return rejected.contains(key);
  }

  List<String> problems() {
    return new ArrayList<>(problems);
  }

  /**
   * Records a problem of a key's value, and treats the key as missing from now on.
   *
   * @param problem the text after the key, such as {@code " is 0; it must be at least 1"}
   */
  void reject(String key, String problem) {
    rejected.add(key);
    problems.add(place(key) + key + problem);
  }

  /** Records a key that does not exist. */
  void unknown(String key, String suggestion) {
    rejected.add(key);
    problems.add(place(key) + "unknown key \"" + key + "\"" + suggestion);
  }

  /** Records that a key is missing. */
  void missing(String key, String expected) {
    problems.add(place("") + key + " is missing; give " + expected);
  }

  /**
   * An option's text. In a stored configuration a missing secret is a problem, and if the model is
   * trusted, references to environment variables in secrets are replaced by their values.
   *
   * @param key the option's whole key
   * @param name the option's name
   */
  String secret(String key, String name, String text) {
    if (!ofModel()) {
      return text;
    }
    String set = "--set " + key + "=VALUE";
    if (text.contains(Redaction.HIDDEN)) {
      reject(key, ": this secret is not stored; give it with " + set);
      return text;
    }
    if (origin == Origin.MODEL || (!Redaction.isSecret("options." + name) && !text.contains(":"))) {
      return text;
    }
    return Redaction.REFERENCE
        .matcher(text)
        .replaceAll(
            reference -> {
              String variable = reference.group(1);
              String value = System.getenv(variable);
              if (value == null) {
                reject(key, ": set the environment variable " + variable + ", or use " + set);
              }
              return Matcher.quoteReplacement(value == null ? "" : value);
            });
  }

  /** Records a problem if a secret part of a value is missing in a stored configuration. */
  void requireNothingHidden(String key, ConfigValue value) {
    if (ofModel()
        && value.valueType() != ConfigValueType.OBJECT
        && value.unwrapped().toString().contains(Redaction.HIDDEN)) {
      reject(
          key, ": its password is not stored; give the whole value with --set " + key + "=VALUE");
    }
  }

  /**
   * The result of the supplier. When the supplier rejects a setting by name, the problem is
   * recorded and the supplier is called again without the setting, so that all problems are found.
   */
  <T> T build(String section, Supplier<T> supplier, T instead) {
    while (true) {
      try {
        return supplier.get();
      } catch (SettingProblem e) {
        String key =
            section.isEmpty() || e.key().startsWith(section + ".")
                ? e.key()
                : section + "." + e.key();
        if (rejected.contains(key)) {
          return instead;
        }
        boolean again = found.containsKey(key);
        String value = e.found() == null ? ": " : " is " + Redaction.text(e.found()) + "; ";
        reject(key, value + e.text());
        if (!again) {
          return instead;
        }
      } catch (IllegalArgumentException e) {
        problems.add(place(section) + section + ": " + e.getMessage());
        return instead;
      }
    }
  }

  private String place(String key) {
    ConfigValue value = found.get(key);
    for (String parent = key; value == null && parent.contains("."); ) {
      parent = parent.substring(0, parent.lastIndexOf('.'));
      value = found.get(parent);
    }
    if (value == null) {
      return name + ": ";
    }
    ConfigOrigin origin = value.origin();
    if (origin.filename() == null) {
      String origins = origin.description().replaceFirst(": \\d+$", "");
      return (origins.equals(HoconFile.TEXT) ? name : origins) + ": ";
    }
    Path file = Path.of(origin.filename()).toAbsolutePath();
    String shown = file.equals(Path.of(name).toAbsolutePath()) ? name : origin.filename();
    return shown + ":" + origin.lineNumber() + ": ";
  }
}

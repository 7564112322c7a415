package io.destine.spark.conf;

import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigValue;
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
import java.util.regex.Pattern;

/**
 * One pass over a configuration: collects problems, which keys exist, and which were looked at. One
 * thread.
 */
final class Reading {
  private static final Pattern NAMES_A_KEY =
      Pattern.compile("(?:field [^:]*: )?([a-z0-9.-]+) ((?:must|needs) .*)");

  private final String name;
  private final Set<String> problems = new LinkedHashSet<>();
  private final Map<String, Setting> settings = new LinkedHashMap<>();
  private final Map<String, ConfigValue> found = new TreeMap<>();
  private final Set<String> rejected = new LinkedHashSet<>();

  /** A pass over the configuration of the given name, a file's path as the user gave it. */
  Reading(String name) {
    this.name = name;
  }

  void declare(Setting setting) {
    settings.putIfAbsent(setting.key(), setting);
  }

  List<Setting> settings() {
    return List.copyOf(settings.values());
  }

  /** Notes where a key was found. */
  void found(String key, ConfigValue value) {
    found.put(key, value);
  }

  boolean rejected(String key) {
    return rejected.contains(key);
  }

  List<String> problems() {
    return new ArrayList<>(problems);
  }

  /** Records that a key's value is wrong and takes the key as left out from now on. */
  void reject(String key, String expectedAndFound) {
    rejected.add(key);
    problems.add(place(key) + key + ": " + expectedAndFound);
  }

  /** Records a problem of a key that is not there. */
  void missing(String key, String expected) {
    problems.add(place("") + key + ": must be " + expected + ", got nothing");
  }

  /**
   * What the supplier builds. While it refuses a setting by name, the refusal is recorded, and it
   * is asked again with the setting left out, so that every problem comes to light.
   */
  <T> T build(String section, Supplier<T> supplier, T instead) {
    while (true) {
      try {
        return supplier.get();
      } catch (IllegalArgumentException e) {
        Matcher names = NAMES_A_KEY.matcher(String.valueOf(e.getMessage()));
        if (!names.matches()) {
          problems.add(place(section) + section + ": " + e.getMessage());
          return instead;
        }
        String named = names.group(1);
        String key =
            section.isEmpty() || named.startsWith(section + ".") ? named : section + "." + named;
        boolean again = found.containsKey(key) && !rejected.contains(key);
        reject(key, names.group(2));
        if (!again) {
          return instead;
        }
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
      return origin.description().replaceFirst(": \\d+$", "") + ": ";
    }
    Path file = Path.of(origin.filename()).toAbsolutePath();
    String shown = file.equals(Path.of(name).toAbsolutePath()) ? name : origin.filename();
    return shown + ":" + origin.lineNumber() + ": ";
  }
}

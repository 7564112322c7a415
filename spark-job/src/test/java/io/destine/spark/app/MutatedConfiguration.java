package io.destine.spark.app;

import io.destine.spark.conf.Setting;
import io.destine.spark.conf.Settings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A configuration that works, with one to four things wrong or odd in it, drawn from a seed. */
final class MutatedConfiguration {
  private static final String[] ODD = {
    "",
    "null",
    "\"\"",
    "\" \"",
    "0",
    "-1",
    "1",
    "3",
    "1e9",
    "2147483647",
    "-2147483648",
    "9223372036854775807",
    "99999999999999999999",
    "1e309",
    "-0.0",
    "0.5",
    "NaN",
    "\"NaN\"",
    "Infinity",
    "true",
    "yes",
    "[]",
    "{}",
    "[null]",
    "[\"\"]",
    "[1, 2]",
    "{ a = 1 }",
    "\"*\"",
    "a//b",
    "\"a#b\"",
    "\":\"",
    "[\":\"]",
    "\"file:\"",
    "\"hdfs://nowhere:1/x\"",
    "\"\u0000\"",
    "\"\ud83d\ude00\"",
    "${?NOTHING}",
    "${nothing}",
    "\"x",
    "[",
    "}",
    "\"../../x\"",
    "\"/proc/1/mem\"",
    "\"clicked\"",
    "user",
    "adam",
    "auto",
    "\"1 day\"",
    "[{ name = user, kind = numeric }]",
    "[{ name = user }, { name = user }]",
    "[{ nome = user }]",
    "[{ name = item, kind = vector, length = 1000000000 }]"
  };

  private final Map<String, String> settings;
  private final Random random;
  private String text;

  private MutatedConfiguration(Map<String, String> settings, long seed) {
    this.settings = new LinkedHashMap<>(settings);
    random = new Random(seed);
  }

  /** The text of a configuration: the given settings with the mutations drawn from the seed. */
  static String of(Map<String, String> settings, long seed) {
    MutatedConfiguration configuration = new MutatedConfiguration(settings, seed);
    configuration.mutate();
    return configuration.text;
  }

  private void mutate() {
    List<String> keys =
        Settings.all().stream().map(Setting::key).filter(k -> !k.contains("[")).toList();
    int changes = 1 + random.nextInt(4);
    for (int i = 0; i < changes; i++) {
      String key = keys.get(random.nextInt(keys.size()));
      switch (random.nextInt(6)) {
        case 0 -> settings.remove(anyOf(settings));
        case 1 -> settings.put(misspelt(key), ODD[random.nextInt(ODD.length)]);
        case 2 -> settings.put(key + ".more", ODD[random.nextInt(ODD.length)]);
        default -> settings.put(key, ODD[random.nextInt(ODD.length)]);
      }
    }
    StringBuilder lines = new StringBuilder();
    settings.forEach((key, value) -> lines.append(key).append(" = ").append(value).append('\n'));
    if (random.nextInt(12) == 0) {
      char[] characters = {'{', '}', '"', '\\', ',', '=', '\u0000', '\n', '$', '#'};
      lines.insert(
          random.nextInt(lines.length() + 1), characters[random.nextInt(characters.length)]);
    }
    text = lines.toString();
  }

  private String anyOf(Map<String, String> map) {
    List<String> keys = new ArrayList<>(map.keySet());
    return keys.isEmpty() ? "" : keys.get(random.nextInt(keys.size()));
  }

  private String misspelt(String key) {
    int at = random.nextInt(key.length());
    return switch (random.nextInt(3)) {
      case 0 -> key.substring(0, at) + key.substring(at + 1) + "x";
      case 1 -> key.substring(0, at) + "e" + key.substring(at);
      default -> key.toUpperCase(java.util.Locale.ROOT);
    };
  }
}

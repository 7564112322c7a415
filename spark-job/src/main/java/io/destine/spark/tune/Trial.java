package io.destine.spark.tune;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Settings to try.
 *
 * @param values by key, in configuration syntax, which replace values of the configuration
 */
public record Trial(SortedMap<String, String> values) {
  public Trial {
    values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
  }

  static Trial of(Map<String, String> values) {
    return new Trial(new TreeMap<>(values));
  }

  /** The same with other values for some keys. */
  Trial with(Map<String, String> others) {
    SortedMap<String, String> all = new TreeMap<>(values);
    all.putAll(others);
    return new Trial(all);
  }

  /** The values in one line, such as {@code model.layers=2 train.learning-rate=0.003}. */
  public String words() {
    return values.isEmpty()
        ? "the configuration as it is"
        : values.entrySet().stream()
            .map(entry -> entry.getKey() + "=" + entry.getValue())
            .collect(Collectors.joining(" "));
  }
}

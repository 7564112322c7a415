package io.destine.spark.conf;

import io.destine.config.Components;
import io.destine.config.Meaning;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * Reads records whose components are settings, {@link Meaning}. Rules cover everything that does
 * not follow from the component alone.
 */
final class RecordReader {
  private final Reading reading;
  private final Map<String, Rule> rules;

  /**
   * Computes, from the values of the previous components, the default of a key, or the value of a
   * component that is not a key.
   */
  interface Rule extends Function<Map<String, Object>, Object> {}

  /**
   * A reader.
   *
   * @param rules by key
   */
  RecordReader(Reading reading, Map<String, Rule> rules) {
    this.reading = reading;
    this.rules = rules;
  }

  /**
   * The record of a section.
   *
   * @param presets values of keys that are left out; null takes the defaults
   */
  <R extends Record> R record(Section s, Class<R> type, R presets) {
    Arrays.stream(type.getRecordComponents())
        .filter(RecordReader::isSection)
        .forEach(component -> s.reserve(Components.key(component)));
    return reading.build(
        s.path(),
        () -> Components.of(type, values(s, type, presets)),
        presets == null ? Components.defaults(type) : presets);
  }

  /** The values of a section by the names of a record's components. */
  Map<String, Object> values(Section s, Class<? extends Record> type, Record presets) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (RecordComponent component : type.getRecordComponents()) {
      Object preset = presets == null ? null : Components.value(presets, component);
      values.put(component.getName(), value(s, component, preset, values));
    }
    return values;
  }

  private Object value(
      Section s, RecordComponent component, Object preset, Map<String, Object> before) {
    String name = Components.key(component);
    Meaning meaning = component.getAnnotation(Meaning.class);
    Rule rule = rules.get(s.key(name));
    if (component.getType().isRecord()) {
      Class<? extends Record> type = component.getType().asSubclass(Record.class);
      return isSection(component)
          ? section(s.section(name), type, preset)
          : Components.of(type, values(s, type, (Record) preset));
    } else if (meaning == null) {
      return rule.apply(before);
    }
    Object left =
        preset != null ? preset : rule != null ? rule.apply(before) : Components.preset(component);
    return s.value(name, component.getGenericType(), left, meaning, references(before));
  }

  private static boolean isSection(RecordComponent component) {
    return component.getType().isRecord() && component.isAnnotationPresent(Meaning.class);
  }

  private <R extends Record> R section(Section s, Class<R> type, Object presets) {
    return record(s, type, type.cast(presets));
  }

  @SuppressWarnings("unchecked")
  private static Map<String, String> references(Map<String, Object> before) {
    return (Map<String, String>) before.getOrDefault("references", Map.of());
  }
}

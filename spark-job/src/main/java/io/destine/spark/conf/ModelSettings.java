package io.destine.spark.conf;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.destine.config.Components;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The non-default settings on which the model of a nightly run depends, by key: meaning of rows,
 * network, training, window and decay. Keys that select rows, outputs except output.block-rows,
 * conditions that stop a run or refuse its model, and execution settings are not included. A key
 * added by a later version changes nothing while it has its default.
 *
 * @param values by key
 */
public record ModelSettings(Map<String, String> values) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Sections without influence on the model, except {@link #BLOCKS}. */
  private static final Set<String> EXECUTION =
      Set.of("output", "checkpoint", "compute", "quarantine", "tracking");

  private static final String OPTIONS = "options.";
  private static final String BLOCKS = "output.block-rows";
  private static final Set<String> ROWS = keys(SourceConfig.Rows.class);
  private static final Set<String> NIGHTLY =
      keys(NightlyConfig.Window.class, NightlyConfig.Aging.class);

  public ModelSettings {
    values = Map.copyOf(values);
  }

  /** The settings of a job. */
  public static ModelSettings of(JobConfig config) {
    Map<String, String> values = new TreeMap<>();
    flatten("", tree(config.toJson()), values);
    Map<String, String> defaults = new TreeMap<>();
    Settings.all().forEach(setting -> defaults.put(setting.key(), setting.defaultValue()));
    values
        .entrySet()
        .removeIf(
            entry ->
                !matters(entry.getKey(), config)
                    || entry.getValue().equals(defaults.get(declared(entry.getKey()))));
    return new ModelSettings(values);
  }

  @SafeVarargs
  private static Set<String> keys(Class<? extends Record>... types) {
    return Stream.of(types)
        .flatMap(type -> Stream.of(type.getRecordComponents()))
        .map(Components::key)
        .collect(Collectors.toSet());
  }

  private static void flatten(String path, JsonNode node, Map<String, String> into) {
    if (node.isObject()) {
      node.fields()
          .forEachRemaining(
              child ->
                  flatten(
                      path.isEmpty() ? child.getKey() : path + "." + child.getKey(),
                      child.getValue(),
                      into));
    } else if (node.path(0).isObject()) {
      for (int i = 0; i < node.size(); i++) {
        flatten(path + "[" + i + "]", node.get(i), into);
      }
    } else if (node.isArray()) {
      List<String> texts = new ArrayList<>();
      node.forEach(element -> texts.add(element.isArray() ? element.toString() : element.asText()));
      into.put(path, texts.toString());
    } else {
      into.put(path, node.asText());
    }
  }

  /** The key of the declaration: the fields of side tables have the declarations of fields. */
  private static String declared(String key) {
    return key.replaceAll("\\[\\d+]", "[]")
        .replaceFirst("^tables\\.[^.]+\\.fields", "fields")
        .replaceFirst("^tables\\.[^.]+", "tables.NAME");
  }

  private static boolean matters(String key, JobConfig config) {
    String section = key.split("[.\\[]", 2)[0];
    if (EXECUTION.contains(section)) {
      return key.equals(BLOCKS);
    }
    if (section.equals("nightly")) {
      return NIGHTLY.contains(key.substring(section.length() + 1));
    }
    return !selectsRows(key, "source", config.source())
        && config.tables().stream()
            .noneMatch(table -> selectsRows(key, "tables." + table.table().name(), table.source()));
  }

  /** Whether a key names the rows of a source, or is a secret for access to them. */
  private static boolean selectsRows(String key, String section, SourceConfig source) {
    if (!key.startsWith(section + ".")) {
      return false;
    }
    String rest = key.substring(section.length() + 1);
    if (!rest.startsWith(OPTIONS)) {
      return ROWS.contains(rest);
    }
    String name = rest.substring(OPTIONS.length());
    String value = source.form().options().get(name);
    return value == null || !Redaction.of(name, value).equals(value);
  }

  /** SHA-256, in hexadecimal. */
  public String fingerprint() {
    return JobConfig.sha256(new TreeMap<>(values).toString());
  }

  /** One phrase for each key with a different value in earlier settings. */
  public List<String> differences(ModelSettings before) {
    Set<String> keys = new TreeSet<>(values.keySet());
    keys.addAll(before.values.keySet());
    List<String> lines = new ArrayList<>();
    for (String key : keys) {
      String now = values.get(key);
      String then = before.values.get(key);
      if (!Objects.equals(now, then)) {
        lines.add(key + " was " + shown(then) + ", is " + shown(now));
      }
    }
    return lines;
  }

  private static String shown(String value) {
    return value == null ? "the default" : value;
  }

  private static JsonNode tree(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("settings must be JSON, got " + e, e);
    }
  }
}

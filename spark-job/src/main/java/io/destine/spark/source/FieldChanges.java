package io.destine.spark.source;

import io.destine.feature.FieldSpec;
import io.destine.spark.conf.UserError;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The differences between the fields of a table and those of a model or vocabulary. */
public final class FieldChanges {
  private FieldChanges() {}

  /**
   * Checks that fields are the same as a model's, in the same order.
   *
   * @param known fields of the model
   * @param found fields of the table
   * @param model name of the model or vocabulary in messages
   * @throws UserError naming the columns and the changes
   */
  public static void requireNone(List<FieldSpec> known, List<FieldSpec> found, String model) {
    if (known.equals(found)) {
      return;
    }
    Map<String, FieldSpec> before = byName(known);
    Map<String, FieldSpec> after = byName(found);
    List<String> problems = new ArrayList<>();
    for (FieldSpec field : found) {
      if (!before.containsKey(field.name())) {
        problems.add(
            "column \""
                + field.column()
                + "\" is new: "
                + model
                + " has no field \""
                + field.name()
                + "\"; list the fields in the configuration without it, or train a new model");
      }
    }
    for (FieldSpec field : known) {
      FieldSpec now = after.get(field.name());
      if (now == null) {
        problems.add(
            "column \""
                + field.column()
                + "\" is missing: it is a field of "
                + model
                + "; add it, or train a new model");
      } else if (!now.equals(field)) {
        problems.add(
            "field \""
                + field.name()
                + "\" of "
                + model
                + ": "
                + of(field, now)
                + "; use the earlier settings, or train a new model");
      }
    }
    for (int m = 0; problems.isEmpty() && m < known.size(); m++) {
      if (!known.get(m).equals(found.get(m))) {
        problems.add(
            "column \""
                + found.get(m).column()
                + "\" is where "
                + model
                + " has \""
                + known.get(m).column()
                + "\"; list the fields in the configuration, in the order "
                + String.join(", ", before.keySet()));
      }
    }
    throw new UserError(problems);
  }

  private static Map<String, FieldSpec> byName(List<FieldSpec> fields) {
    Map<String, FieldSpec> byName = new LinkedHashMap<>();
    fields.forEach(field -> byName.put(field.name(), field));
    return byName;
  }

  /** The settings in which two fields of the same name differ, with both values. */
  public static String of(FieldSpec before, FieldSpec after) {
    Map<String, Object> known = settings(before);
    return settings(after).entrySet().stream()
        .filter(setting -> !setting.getValue().equals(known.get(setting.getKey())))
        .map(
            setting ->
                setting.getKey()
                    + " was "
                    + known.get(setting.getKey())
                    + " and is "
                    + setting.getValue())
        .collect(Collectors.joining(", "));
  }

  private static Map<String, Object> settings(FieldSpec field) {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("column", field.column());
    settings.put("kind", field.kind().key());
    settings.put("transform", field.transform().key());
    settings.put("buckets", field.buckets());
    settings.put("separator", field.separator());
    settings.put("ngrams", field.ngrams());
    settings.put("length", field.length());
    settings.put("hash-buckets", field.hashed() ? field.hashBuckets() : "none");
    settings.put("shares", field.shares() == null ? "none" : field.shares());
    settings.put("part", field.part() == null ? "none" : field.part().key());
    settings.put("side table", field.table() == null ? "none" : field.table());
    return settings;
  }
}

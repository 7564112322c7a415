package io.destine.spark.source;

import io.destine.feature.FieldSpec;
import io.destine.spark.conf.UserError;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

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
        problems.add("column \"" + field.column() + "\" is missing: it is a field of " + model);
      } else if (!now.equals(field)) {
        problems.add("field \"" + field.name() + "\" of " + model + ": " + change(field, now));
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

  private static String hashBuckets(FieldSpec field) {
    return field.hashed() ? Integer.toString(field.hashBuckets()) : "none";
  }

  private static String shares(FieldSpec field) {
    return field.shares() == null ? "none" : field.shares();
  }

  private static String part(FieldSpec field) {
    return field.part() == null ? "none" : field.part().key();
  }

  private static String change(FieldSpec before, FieldSpec after) {
    Map<String, List<Object>> settings = new LinkedHashMap<>();
    settings.put("column", List.of(before.column(), after.column()));
    settings.put("kind", List.of(before.kind().key(), after.kind().key()));
    settings.put("transform", List.of(before.transform().key(), after.transform().key()));
    settings.put("buckets", List.of(before.buckets(), after.buckets()));
    settings.put("separator", List.of(before.separator(), after.separator()));
    settings.put("ngrams", List.of(before.ngrams(), after.ngrams()));
    settings.put("length", List.of(before.length(), after.length()));
    settings.put("hash-buckets", List.of(hashBuckets(before), hashBuckets(after)));
    settings.put("shares", List.of(shares(before), shares(after)));
    settings.put("part", List.of(part(before), part(after)));
    List<String> changes = new ArrayList<>();
    settings.forEach(
        (setting, values) -> {
          if (!Objects.equals(values.get(0), values.get(1))) {
            changes.add(setting + " was " + values.get(0) + " and is " + values.get(1));
          }
        });
    return String.join(", ", changes);
  }
}

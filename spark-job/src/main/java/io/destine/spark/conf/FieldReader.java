package io.destine.spark.conf;

import io.destine.config.SettingProblem;
import io.destine.feature.FieldKind;
import io.destine.feature.FieldSpec;
import io.destine.feature.Transform;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the list of fields for {@link JobConfigReader}. */
final class FieldReader {
  private final Reading reading;
  private final List<Section> sections;

  /** Sections that are read are added to the given list. */
  FieldReader(Reading reading, List<Section> sections) {
    this.reading = reading;
    this.sections = sections;
  }

  /**
   * The fields in order.
   *
   * @param maxValues limits of the vocabulary by field, to which those of the list are added
   */
  List<FieldSpec> fields(Section s, List<FieldSpec> d, Map<String, Integer> maxValues) {
    Optional<List<Section>> given =
        s.sections("fields", "*", "the fields in order; \"*\" takes every other column");
    List<FieldSpec> fields = new ArrayList<>();
    if (given.isPresent()) {
      for (Section section : given.get()) {
        field(opened(section), Optional.empty(), maxValues).ifPresent(fields::add);
      }
      if (given.get().isEmpty()) {
        reading.reject("fields", " is empty; name at least one field, or write \"*\"");
      }
      return fields;
    }
    for (FieldSpec spec : d) {
      field(s.preset("fields", fields.size()), Optional.of(spec), maxValues).ifPresent(fields::add);
    }
    if (d.isEmpty()) {
      s.note("fields", "*");
      field(
          reading.scratch("fields[0]"), Optional.of(FieldSpec.categorical("any")), new HashMap<>());
    }
    return fields;
  }

  private Optional<FieldSpec> field(
      Section s, Optional<FieldSpec> d, Map<String, Integer> maxValues) {
    return reading.build(
        s.path(),
        () -> {
          String name =
              s.required(
                  "name",
                  d.map(FieldSpec::name).orElse(null),
                  "the name of a field",
                  "name of the field, unique");
          String column =
              s.optional(
                      "column",
                      d.map(FieldSpec::column).filter(c -> !c.equals("any")),
                      "its column, when not the name")
                  .orElse(null);
          FieldKind kind =
              s.choice(
                  "kind",
                  FieldKind.class,
                  d.map(FieldSpec::kind).orElse(FieldKind.CATEGORICAL),
                  "what the column holds");
          Transform transform =
              s.choice(
                  "transform",
                  Transform.class,
                  d.map(FieldSpec::transform).orElse(null),
                  "log-squared when numeric",
                  "how a number becomes an embedding");
          int buckets =
              s.integer(
                  "buckets",
                  d.map(FieldSpec::buckets).orElse(FieldSpec.DEFAULT_BUCKETS),
                  "buckets of the quantile transform");
          String separator =
              s.text(
                  "separator",
                  d.map(FieldSpec::separator).orElse(FieldSpec.DEFAULT_SEPARATOR),
                  "between the values of a multi or vector field given as text");
          int length =
              s.integer("length", d.map(FieldSpec::length).orElse(1), "numbers of a vector");
          Optional<Integer> most =
              s.optionalInteger(
                  "max-values",
                  Optional.ofNullable(maxValues.get(name)),
                  "vocabulary.max-values of this field");
          Optional<Integer> hashBuckets =
              s.optionalInteger(
                  "hash-buckets",
                  d.filter(FieldSpec::hashed).map(FieldSpec::hashBuckets),
                  "ids that the field's values share by hash, without a vocabulary");
          FieldSpec spec =
              new FieldSpec(
                  name,
                  column,
                  kind,
                  transform,
                  buckets,
                  separator,
                  length,
                  hashBuckets.map(n -> buckets(name, n)).orElse(0));
          most.ifPresent(limit -> maxValues.put(name, limited(spec, limit)));
          return Optional.of(spec);
        },
        Optional.empty());
  }

  /** In a field 0 stands for none, which is left out and not written. */
  private static int buckets(String field, int count) {
    if (count == 0) {
      throw SettingProblem.ofField(
          field, "hash-buckets", "from 1 to " + FieldSpec.MOST_HASH_BUCKETS, 0);
    }
    return count;
  }

  private static int limited(FieldSpec field, int limit) {
    boolean known = field.hasIds() && !field.hashed();
    String problem = known ? "at least 0" : "left out of a field without values in a vocabulary";
    if (!known || limit < 0) {
      throw SettingProblem.ofField(field.name(), "max-values", problem, limit);
    }
    return limit;
  }

  private Section opened(Section section) {
    sections.add(section);
    return section;
  }
}

package io.destine.spark.conf;

import io.destine.config.Components;
import io.destine.config.Meaning;
import io.destine.config.SettingProblem;
import io.destine.feature.DatePart;
import io.destine.feature.FieldKind;
import io.destine.feature.FieldSpec;
import io.destine.feature.Transform;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads the list of fields for {@link JobConfigReader}. */
final class FieldReader {
  private final Reading reading;
  private final RecordReader records;

  /**
   * Vocabulary limits of single fields, by name.
   *
   * @param maxValues maximum numbers of values
   * @param maxFrequency maximum shares of the training rows
   */
  record FieldLimits(Map<String, Integer> maxValues, Map<String, Double> maxFrequency) {
    /** A modifiable copy of the limits in a vocabulary configuration. */
    static FieldLimits of(Optional<VocabularyConfig> given) {
      return new FieldLimits(
          new TreeMap<>(given.map(VocabularyConfig::maxValuesOf).orElse(Map.of())),
          new TreeMap<>(given.map(VocabularyConfig::maxFrequencyOf).orElse(Map.of())));
    }
  }

  /** An entry of the list of fields. */
  private record Entry(
      @Meaning(value = "name of the field, unique", required = "the name of a field") String name,
      @Meaning("its column; the name by default") Optional<String> column,
      @Meaning(value = "kind of the values in the column", preset = "categorical") FieldKind kind,
      @Meaning(value = "how a number becomes an embedding", preset = "log-squared when numeric")
          Optional<Transform> transform,
      @Meaning(value = "buckets of the quantile transform", preset = "" + FieldSpec.DEFAULT_BUCKETS)
          int buckets,
      @Meaning(
              value = "separator of the values of a multi or vector field given as text",
              preset = FieldSpec.DEFAULT_SEPARATOR)
          String separator,
      @Meaning(value = "length of the character n-grams of a text; 0: words", preset = "0")
          int ngrams,
      @Meaning(value = "dimension of a vector", preset = "1") int length,
      @Meaning("vocabulary.max-values of this field") Optional<Integer> maxValues,
      @Meaning("vocabulary.max-frequency of this field") Optional<Double> maxFrequency,
      @Meaning("number of ids that the values share by hash, without a vocabulary")
          Optional<Integer> hashBuckets,
      @Meaning("an earlier field with the same ids and embeddings") Optional<String> shares,
      @Meaning("the part of the date or time that a categorical field holds")
          Optional<DatePart> part) {

    static Entry of(FieldSpec spec, FieldLimits limits) {
      return new Entry(
          spec.name(),
          Optional.of(spec.column()),
          spec.kind(),
          Optional.of(spec.transform()),
          spec.buckets(),
          spec.separator(),
          spec.ngrams(),
          spec.length(),
          Optional.ofNullable(limits.maxValues().get(spec.name())),
          Optional.ofNullable(limits.maxFrequency().get(spec.name())),
          Optional.of(spec.hashBuckets()).filter(count -> count > 0),
          Optional.ofNullable(spec.shares()),
          Optional.ofNullable(spec.part()));
    }

    FieldSpec spec() {
      // A FieldSpec without hash buckets has 0; in a configuration the key must be left out
      // instead.
      hashBuckets
          .filter(count -> count == 0)
          .ifPresent(
              count -> refuse("hash-buckets", "from 1 to " + FieldSpec.MOST_HASH_BUCKETS, count));
      FieldSpec spec =
          new FieldSpec(
                  name,
                  column.orElse(null),
                  kind,
                  transform.orElse(null),
                  buckets,
                  separator,
                  length)
              .withNgrams(ngrams)
              .withHashBuckets(hashBuckets.orElse(0))
              .withPart(part.orElse(null))
              .sharing(shares.orElse(null));
      if (!spec.hasIds() || spec.hashed()) {
        String requirement = "left out of a field without a vocabulary";
        maxValues.ifPresent(most -> refuse("max-values", requirement, most));
        maxFrequency.ifPresent(share -> refuse("max-frequency", requirement, share));
      }
      maxFrequency
          .filter(share -> !VocabularyConfig.isShare(share))
          .ifPresent(share -> refuse("max-frequency", "above 0 and at most 1", share));
      maxValues
          .filter(most -> most < 0)
          .ifPresent(most -> refuse("max-values", "at least 0", most));
      return spec;
    }

    private void refuse(String key, String requirement, Number found) {
      throw SettingProblem.ofField(name, key, requirement, found);
    }
  }

  FieldReader(Reading reading) {
    this.reading = reading;
    records = new RecordReader(reading, Map.of());
  }

  /**
   * The fields in order.
   *
   * @param limits vocabulary limits by field; the limits in the list are added to them
   */
  List<FieldSpec> fields(Section s, List<FieldSpec> d, FieldLimits limits) {
    Optional<List<Section>> given =
        s.sections(
            "fields",
            "*",
            "the fields in order; \"*\" chooses fields from the columns without another role, by"
                + " their values");
    List<FieldSpec> fields = new ArrayList<>();
    if (given.isPresent()) {
      for (Section section : given.get()) {
        field(section, null, limits).ifPresent(fields::add);
      }
      if (given.get().isEmpty()) {
        reading.reject(
            s.key("fields"),
            " is empty; name at least one field" + (s.path().isEmpty() ? ", or write \"*\"" : ""));
      }
      return fields;
    }
    for (FieldSpec spec : d) {
      field(s.preset("fields", fields.size()), Entry.of(spec, limits), limits)
          .ifPresent(fields::add);
    }
    if (d.isEmpty()) {
      s.note("fields", "*");
      Entry any = Components.with(Components.defaults(Entry.class), "name", "any");
      records.values(reading.scratch("fields[0]"), Entry.class, any);
    }
    return fields;
  }

  private Optional<FieldSpec> field(Section s, Entry presets, FieldLimits limits) {
    return reading.build(
        s.path(),
        () -> {
          Entry entry = Components.of(Entry.class, records.values(s, Entry.class, presets));
          FieldSpec spec = entry.spec();
          entry.maxValues().ifPresent(most -> limits.maxValues().put(spec.name(), most));
          entry.maxFrequency().ifPresent(share -> limits.maxFrequency().put(spec.name(), share));
          return Optional.of(spec);
        },
        Optional.empty());
  }
}

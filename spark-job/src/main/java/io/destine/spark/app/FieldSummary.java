package io.destine.spark.app;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.feature.FieldKind;
import io.destine.feature.FieldShape;
import io.destine.feature.FieldSpec;
import io.destine.feature.Transform;
import io.destine.spark.encode.StoredVocabulary;
import java.util.Locale;
import java.util.Optional;

/**
 * The properties of a field in a model.
 *
 * @param shape of the field in the network
 * @param spec its configuration, if the model has a vocabulary
 * @param values number of values with their own ids
 */
record FieldSummary(FieldShape shape, Optional<FieldSpec> spec, int values) {

  /** The field at an index of a model. */
  static FieldSummary of(FieldShape shape, int place, Optional<StoredVocabulary> vocabulary) {
    return new FieldSummary(
        shape,
        vocabulary.map(v -> v.fields().specs().get(place)),
        vocabulary.map(v -> v.valuesByField()[place]).orElse(0));
  }

  /** Kind, transform and number of values, for people. */
  String text() {
    if (spec.isEmpty()) {
      return switch (shape.kind()) {
        case ID -> "one id per row";
        case MULTI -> "several ids per row";
        case LINEAR -> "one number per row";
        case VECTOR -> "a vector of " + shape.length() + " numbers per row";
      };
    }
    FieldSpec field = spec.get();
    if (field.kind() == FieldKind.VECTOR) {
      return "vector of " + field.length() + " numbers";
    }
    StringBuilder text = new StringBuilder(field.kind().key());
    if (field.ngrams() > 0) {
      text.append(", n-grams of ").append(field.ngrams()).append(" characters");
    }
    if (field.kind() == FieldKind.NUMERIC) {
      text.append(", ").append(field.transform().key());
    }
    if (field.transform() == Transform.QUANTILE) {
      text.append(" in ").append(field.buckets()).append(" buckets");
    }
    if (field.isRate()) {
      text.append(String.format(Locale.ROOT, ", %d buckets of label rates", field.hashBuckets()));
    } else if (field.hashed()) {
      text.append(String.format(Locale.ROOT, ", %,d hash buckets", field.hashBuckets()));
    } else if (field.hasIds()) {
      text.append(String.format(Locale.ROOT, ", %,d value%s", values, values == 1 ? "" : "s"));
    }
    return text.toString();
  }

  /** The same for machines. */
  void write(ObjectNode json) {
    json.put("field", shape.name()).put("kind", shape.kind().name().toLowerCase(Locale.ROOT));
    if (spec.isEmpty()) {
      return;
    }
    FieldSpec field = spec.get();
    json.put("column_kind", field.kind().key());
    json.put("transform", field.transform().key());
    if (field.isRate()) {
      json.put("rate_of", field.parts().get(0));
    } else if (field.hashed()) {
      json.put("hash_buckets", field.hashBuckets());
    } else if (field.hasIds()) {
      json.put("values", values);
    }
  }
}

package io.destine.onnx;

import io.destine.feature.CrossValue;
import io.destine.feature.FittedFields;
import io.destine.feature.Vocabulary;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The id of a cross as a function of the ids of its parts: the first two ids give a code, this code
 * and the id of the next part give another code, and so on; the last code is the id. The key of a
 * code and a part's id is {@code code * V + id} with V ids in the vocabulary.
 *
 * @param parts fields by index
 * @param levels by key, one for each part after the first
 * @param others the id if a level does not contain the key
 */
record CrossIds(int[] parts, List<Map<Long, Long>> levels, long others) {
  /** A code that occurs in no key. */
  static final long NONE = -1;

  /**
   * The function of cross m.
   *
   * @return empty when a known value has a part with an OOV id
   */
  static Optional<CrossIds> of(FittedFields fields, Vocabulary vocabulary, int m) {
    int[] parts = fields.crosses()[m - fields.firstDerived()];
    List<Map<Long, Long>> levels = new ArrayList<>();
    for (int i = 1; i < parts.length; i++) {
      levels.add(new LinkedHashMap<>());
    }
    for (FieldValues.Value value : FieldValues.of(vocabulary, m)) {
      List<String> texts = CrossValue.parts(value.text());
      long code = 0;
      for (int i = 0; i < parts.length; i++) {
        long id = id(fields, vocabulary, parts[i], texts.get(i));
        if (id < 0) {
          return Optional.empty();
        }
        if (i == 0) {
          code = id;
        } else {
          Map<Long, Long> level = levels.get(i - 1);
          long next = i == parts.length - 1 ? value.id() : level.size();
          code = level.computeIfAbsent(code * vocabulary.size() + id, key -> next);
        }
      }
    }
    return Optional.of(new CrossIds(parts, levels, vocabulary.missing(m) + 1L));
  }

  /** The id of a part's value; -1 for an OOV id. */
  private static long id(FittedFields fields, Vocabulary vocabulary, int part, String value) {
    int missing = vocabulary.missing(part);
    if (value == null) {
      return missing;
    } else if (fields.fields().get(part).spec().hashed()) {
      return missing + 1L + Integer.parseInt(value);
    }
    int id = vocabulary.id(part, value);
    return id <= missing + vocabulary.oovBuckets() && id > missing ? -1 : id;
  }
}

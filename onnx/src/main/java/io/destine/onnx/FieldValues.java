package io.destine.onnx;

import io.destine.feature.Vocabulary;
import io.destine.feature.VocabularyShard;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The known values of a field of a vocabulary. */
final class FieldValues {
  private FieldValues() {}

  /**
   * A value.
   *
   * @param bytes UTF-8
   */
  record Value(byte[] bytes, int id) {
    /** The value as a text. */
    String text() {
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  /** The values of field m in order of their ids. */
  static List<Value> of(Vocabulary vocabulary, int m) {
    int owner = vocabulary.owner(m);
    List<Value> values = new ArrayList<>();
    for (VocabularyShard shard : vocabulary.shards()) {
      for (int i = 0; i < shard.count(); i++) {
        if (shard.field(i) == owner) {
          values.add(new Value(shard.value(i), shard.id(i)));
        }
      }
    }
    values.sort(Comparator.comparingInt(Value::id));
    return values;
  }
}

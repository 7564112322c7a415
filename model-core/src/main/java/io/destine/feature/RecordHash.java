package io.destine.feature;

import io.destine.random.CounterRandom;
import java.util.List;

/**
 * A 64-bit hash of a raw record's content, the same whatever types the source gives: it decides a
 * row's split and place.
 */
public final class RecordHash {
  private static final long MISSING = 0x6d697373L;

  private RecordHash() {}

  /**
   * The hash of the fields' values.
   *
   * @throws IllegalArgumentException naming the field whose value is not what its kind needs, which
   *     makes this the check of a record as well
   */
  public static long of(List<FieldSpec> fields, RawRecord record) {
    long h = fields.size();
    for (int m = 0; m < fields.size(); m++) {
      h = combine(h, of(fields.get(m), record.value(m)));
    }
    return h;
  }

  /** The hash of a hash and one more number. */
  public static long combine(long hash, long next) {
    return CounterRandom.mix(hash * 5 + next);
  }

  private static long of(FieldSpec field, Object raw) {
    return switch (field.kind()) {
      case CATEGORICAL -> {
        String text = RawValues.text(field, raw);
        yield text == null ? MISSING : ByteHash.of(1, text);
      }
      case NUMERIC -> Double.doubleToLongBits(RawValues.number(field, raw) + 0.0);
      case MULTI -> {
        long h = 2;
        for (String text : RawValues.texts(field, raw)) {
          h = combine(h, ByteHash.of(2, text));
        }
        yield h;
      }
      case VECTOR -> {
        float[] vector = RawValues.vector(field, raw);
        long h = vector == null ? MISSING : 3;
        for (int i = 0; vector != null && i < vector.length; i++) {
          h = combine(h, Float.floatToIntBits(vector[i] + 0f));
        }
        yield h;
      }
    };
  }
}

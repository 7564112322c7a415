package io.destine.feature;

import io.destine.random.CounterRandom;
import java.util.List;

/**
 * A 64-bit hash of a raw record's content, independent of the types in the source: it determines a
 * row's split and place.
 */
public final class RecordHash {
  /** The hash of a missing text or vector. */
  public static final long MISSING = 0x6d697373L;

  /** Seed of the {@link ByteHash} of a categorical field's text. */
  public static final long TEXT_SEED = 1;

  /** Seed of the {@link ByteHash} of each text of a multi field. */
  public static final long LIST_SEED = 2;

  /** The hash of a multi field without texts; the hashes of texts are combined with it. */
  public static final long NO_TEXTS = 2;

  private RecordHash() {}

  /**
   * The hash of the fields' values.
   *
   * @throws IllegalArgumentException naming the field with a value of the wrong kind; the hash thus
   *     also validates the record
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
        yield text == null ? MISSING : ByteHash.of(TEXT_SEED, text);
      }
      case NUMERIC -> Double.doubleToLongBits(RawValues.number(field, raw) + 0.0);
      case MULTI, TEXT -> {
        long h = NO_TEXTS;
        for (String text : RawValues.texts(field, raw)) {
          h = combine(h, ByteHash.of(LIST_SEED, text));
        }
        yield h;
      }
      case VECTOR -> {
        float[] vector = RawValues.vector(field, raw);
        yield vector == null ? MISSING : of(vector);
      }
    };
  }

  /** The hash of a vector's numbers. */
  public static long of(float[] vector) {
    long h = 3;
    for (float number : vector) {
      h = combine(h, Float.floatToIntBits(number + 0f));
    }
    return h;
  }
}

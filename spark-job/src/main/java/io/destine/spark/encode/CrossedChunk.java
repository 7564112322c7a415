package io.destine.spark.encode;

import io.destine.feature.ByteHash;
import io.destine.feature.CrossValue;
import io.destine.feature.FieldSpec;
import io.destine.feature.FittedFields;
import io.destine.feature.Vocabulary;

/** Adds to chunks the crosses, computed from the values of their fields, and room for the rates. */
final class CrossedChunk {
  private CrossedChunk() {}

  /** The chunk with the values of crosses after the values of the other fields. */
  static SplitChunk of(SplitChunk split, FittedFields fields) {
    int[][] crosses = fields.crosses();
    Chunk plain = split.chunk();
    if (plain.fields() == fields.fields().size()) {
      return split;
    }
    Chunk crossed = plain.with(fields.fields().size() - plain.fields());
    ChunkValues values = new ChunkValues(plain, fields);
    for (int c = 0; c < crosses.length && plain.table < 0; c++) {
      int m = plain.fields() + c;
      FieldSpec spec = fields.fields().get(m).spec();
      if (spec.hashed()) {
        crossed.single[m] = buckets(values, crosses[c], plain.rows, m, spec.hashBuckets());
      } else {
        crossed.values[m] = new ValueTable(0);
        crossed.single[m] = places(values, crosses[c], plain.rows, crossed.values[m]);
      }
    }
    return new SplitChunk(crossed, split.ordinal(), split.hashes(), split.splits(), split.keys());
  }

  private static int[] places(ChunkValues values, int[] parts, int rows, ValueTable into) {
    CrossValue value = new CrossValue();
    int[] places = new int[rows];
    for (int n = 0; n < rows; n++) {
      set(value, values, parts, n);
      places[n] = into.add(value.bytes(), 0, value.length());
    }
    return places;
  }

  private static int[] buckets(ChunkValues values, int[] parts, int rows, int m, int count) {
    CrossValue value = new CrossValue();
    int[] buckets = new int[rows];
    for (int n = 0; n < rows; n++) {
      set(value, values, parts, n);
      buckets[n] = Vocabulary.bucket(ByteHash.of(m, value.bytes(), 0, value.length()), count);
    }
    return buckets;
  }

  private static void set(CrossValue value, ChunkValues values, int[] parts, int n) {
    value.clear();
    for (int m : parts) {
      int place = values.placeOfRow(m, n);
      ValueTable table = values.table(m);
      if (place < 0) {
        value.addMissing();
      } else if (table == null) {
        value.add(place);
      } else {
        value.add(table.bytes(), table.from(place), table.length(place));
      }
    }
  }
}

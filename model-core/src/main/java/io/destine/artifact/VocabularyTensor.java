package io.destine.artifact;

import io.destine.feature.Vocabulary;
import io.destine.feature.VocabularyShard;
import java.io.IOException;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.List;

/**
 * A column of the n known values of a vocabulary, shard after shard, which is the order of their
 * hashes whatever the number of shards.
 *
 * @param part which column
 * @param values n
 * @param valueBytes UTF-8 bytes of all values
 */
record VocabularyTensor(Vocabulary vocabulary, Part part, long values, long valueBytes)
    implements TensorData {

  /** The columns. */
  enum Part {
    ID("vocabulary.id", DataType.I32),
    FIELD("vocabulary.field", DataType.I32),
    /** [n + 1] where each value's bytes begin. */
    OFFSET("vocabulary.offset", DataType.I64),
    VALUE("vocabulary.value", DataType.U8);

    private final String tensor;
    private final DataType type;

    Part(String tensor, DataType type) {
      this.tensor = tensor;
      this.type = type;
    }
  }

  /** All columns of a vocabulary. */
  static List<VocabularyTensor> all(Vocabulary vocabulary) {
    long values = 0;
    long bytes = 0;
    for (VocabularyShard shard : vocabulary.shards()) {
      values += shard.count();
      for (int i = 0; i < shard.count(); i++) {
        bytes += shard.value(i).length;
      }
    }
    long n = values;
    long total = bytes;
    return List.of(Part.values()).stream()
        .map(part -> new VocabularyTensor(vocabulary, part, n, total))
        .toList();
  }

  @Override
  public String name() {
    return part.tensor;
  }

  @Override
  public DataType type() {
    return part.type;
  }

  @Override
  public List<Long> shape() {
    return List.of(
        switch (part) {
          case ID, FIELD -> values;
          case OFFSET -> values + 1;
          case VALUE -> valueBytes;
        });
  }

  @Override
  public void write(TensorOutput out) throws IOException {
    if (part == Part.OFFSET) {
      out.write(type(), new long[1], 0, 1);
    }
    long[] end = new long[1];
    for (VocabularyShard shard : vocabulary.shards()) {
      switch (part) {
        case ID, FIELD -> out.write(type().bytes(), shard.count(), numbers(shard));
        case OFFSET -> out.write(type().bytes(), shard.count(), ends(shard, end));
        case VALUE -> {
          for (int i = 0; i < shard.count(); i++) {
            byte[] value = shard.value(i);
            out.write(1, value.length, (into, at, n) -> into.put(value, at, n));
          }
        }
      }
    }
  }

  private TensorOutput.Elements numbers(VocabularyShard shard) {
    return (into, at, n) -> {
      IntBuffer numbers = into.asIntBuffer();
      for (int i = at; i < at + n; i++) {
        numbers.put(part == Part.ID ? shard.id(i) : shard.field(i));
      }
    };
  }

  /** Elements are asked for in order, so that the end of one value is the beginning of the next. */
  private static TensorOutput.Elements ends(VocabularyShard shard, long[] end) {
    return (into, at, n) -> {
      LongBuffer ends = into.asLongBuffer();
      for (int i = at; i < at + n; i++) {
        end[0] += shard.value(i).length;
        ends.put(end[0]);
      }
    };
  }
}

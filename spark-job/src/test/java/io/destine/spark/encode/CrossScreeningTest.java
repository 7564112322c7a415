package io.destine.spark.encode;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.feature.FieldSpec;
import io.destine.feature.FittedField;
import io.destine.feature.FittedFields;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CrossScreeningTest {
  private static final FittedFields FIELDS =
      new FittedFields(
          Stream.of("a", "b").map(FieldSpec::categorical).map(FittedField::of).toList());

  /** A row with the same value in both fields. */
  private static SplitChunk row(Split split) {
    Chunk chunk = new Chunk(0, 2);
    chunk.rows = 1;
    chunk.labels = new byte[1];
    for (int m = 0; m < 2; m++) {
      chunk.values[m] = new ValueTable(m);
      chunk.values[m].add("v".getBytes(StandardCharsets.UTF_8), 0, 1);
      chunk.single[m] = new int[1];
    }
    return new SplitChunk(chunk, 0, new long[1], new byte[] {(byte) split.ordinal()}, null);
  }

  /** Each part has arrays for every field. */
  @Test
  void chunksWithoutASampledRowSendNothingToTheDriver() {
    List<SplitChunk> chunks = List.of(row(Split.TEST), row(Split.TRAIN), row(Split.VALIDATION));
    int[] candidates = {0, 1};
    assertThat(CrossScreening.parts(chunks.iterator(), FIELDS, candidates, 1))
        .toIterable()
        .singleElement()
        .satisfies(part -> assertThat(part.hashes()).hasSize(1));
    assertThat(CrossScreening.parts(chunks.iterator(), FIELDS, candidates, 0)).isExhausted();
  }
}

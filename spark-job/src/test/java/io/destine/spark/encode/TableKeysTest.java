package io.destine.spark.encode;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.spark.SharedSpark;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;

class TableKeysTest {
  private static final int CHUNK_ROWS = 1 << 18;

  /** Rows with one key. */
  private static SplitChunk chunk(int table, int rows, Split split, String key) {
    Chunk chunk = new Chunk(0, 0);
    chunk.rows = rows;
    chunk.table = table;
    chunk.labels = new byte[rows];
    chunk.keys = new Chunk(0, 1);
    chunk.keys.labels = new byte[0];
    chunk.keys.values[0] = new ValueTable(0);
    chunk.keys.values[0].add(key.getBytes(StandardCharsets.UTF_8), 0, key.length());
    chunk.keys.single[0] = new int[rows];
    byte[] splits = new byte[rows];
    Arrays.fill(splits, (byte) split.ordinal());
    return new SplitChunk(chunk, 0, new long[rows], splits, null);
  }

  /** 33 chunks of 2^18 rows of a side table have key "0", as users who are not signed in. */
  @Test
  void aKeyMayHaveMillionsOfRows() {
    JavaSparkContext context = SharedSpark.context();
    List<Integer> chunks = IntStream.range(0, 36).boxed().toList();
    JavaRDD<SplitChunk> rows =
        context
            .parallelize(chunks, chunks.size())
            .map(
                i ->
                    switch (i) {
                      case 0 -> chunk(-1, 3, Split.TRAIN, "0");
                      case 1 -> chunk(-1, 2, Split.TEST, "1");
                      case 2 -> chunk(0, 1, Split.TRAIN, "1");
                      default -> chunk(0, CHUNK_ROWS, Split.TRAIN, "0");
                    });
    TableKeys keys = TableKeys.of(rows, 1, 0);
    TableKeys.Table table = keys.tables().get(0);
    assertThat(table.keys()).isEqualTo(2);
    assertThat(table.trained()).isEqualTo(1);
    assertThat(table.repeated()).isEqualTo(1);
    assertThat(table.examples()).containsExactly("0");
    assertThat(table.unknown()).isZero();
    List<Integer> names = keys.named(rows).map(named -> named.keys()[0][0]).collect();
    keys.close();
    assertThat(names.subList(0, 3)).doesNotContain(0);
    assertThat(names.get(0) & 1).as("trains").isEqualTo(1);
    assertThat(names.get(1)).isEqualTo(names.get(2)).isNotEqualTo(names.get(0));
    assertThat(names.subList(3, names.size())).containsOnly(names.get(0));
  }

  /** Whatever the order in which chunks arrive. */
  @Test
  void manyRowsAreCountedUpToALimitWithoutLossOfTrainingRows() {
    long row = 1L << 40;
    long most = ((1L << 23) - 1) * row;
    assertThat(TableKeys.plus(3 * row + 5, 2 * row + 4)).isEqualTo(5 * row + 9);
    assertThat(TableKeys.plus(most - row, row + 7)).isEqualTo(most + 7);
    assertThat(TableKeys.plus(most + 7, CHUNK_ROWS * row)).isEqualTo(most + 7);
    assertThat(TableKeys.plus(CHUNK_ROWS * row, most + 7)).isEqualTo(most + 7);
    assertThat(TableKeys.plus(TableKeys.plus(most, row), 7)).isEqualTo(most + 7);
  }
}

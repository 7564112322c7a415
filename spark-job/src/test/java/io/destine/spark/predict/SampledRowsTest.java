package io.destine.spark.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.feature.BatchBuilder;
import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.feature.FieldShape;
import io.destine.spark.conf.UserError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SampledRowsTest {
  private static final FieldLayout FIELDS =
      new FieldLayout(
          List.of(
              FieldShape.id("a"),
              FieldShape.multi("tags"),
              FieldShape.linear("price"),
              FieldShape.vector("image", 3),
              FieldShape.multi("more"),
              FieldShape.id("b")));

  /** A row in which every value identifies the row. */
  private static void add(BatchBuilder builder, int row) {
    builder.id(row);
    for (int k = 0; k < row % 4; k++) {
      builder.multiId(100 * row + k);
    }
    builder.endList();
    builder.number(row + 0.5f);
    for (int i = 0; i < 3; i++) {
      builder.number(10 * row + i);
    }
    for (int k = 0; k < row % 3; k++) {
      builder.multiId(1000 * row + k);
    }
    builder.endList();
    builder.id(2 * row);
    builder.endRow(row % 2, 1 + row % 5, 0);
  }

  private static List<EncodedBatch> batches(List<Integer> rows, int... sizes) {
    List<EncodedBatch> batches = new ArrayList<>();
    BatchBuilder builder = new BatchBuilder(FIELDS);
    int at = 0;
    for (int size : sizes) {
      for (int i = 0; i < size; i++) {
        add(builder, rows.get(at++));
      }
      batches.add(builder.build(batches.size()));
    }
    return batches;
  }

  /** The row from which the value of each field of row n comes; -1 for an empty list. */
  private static int[] origin(EncodedBatch rows, int n) {
    int[] origin = {
      rows.ids()[2 * n],
      list(rows, 2 * n, 100),
      (int) rows.dense()[4 * n],
      (int) rows.dense()[4 * n + 3] / 10,
      list(rows, 2 * n + 1, 1000),
      rows.ids()[2 * n + 1] / 2
    };
    assertThat(rows.dense()[4 * n + 1] + 2).isEqualTo(rows.dense()[4 * n + 3]);
    return origin;
  }

  private static int list(EncodedBatch rows, int list, int unit) {
    int from = rows.multiOffsets()[list];
    return from == rows.multiOffsets()[list + 1] ? -1 : rows.multiIds()[from] / unit;
  }

  @Test
  void theOrderOfBatchesAndRowsDoesNotMatter() {
    List<Integer> rows = new ArrayList<>();
    for (int row = 1; row <= 40; row++) {
      rows.add(row);
    }
    SampledRows one = SampledRows.of(FIELDS, batches(rows, 40));
    Collections.shuffle(rows, new Random(3));
    SampledRows other = SampledRows.of(FIELDS, batches(rows, 7, 0, 20, 13));
    assertThat(other.rows())
        .usingRecursiveComparison()
        .ignoringFields("positions", "partition")
        .isEqualTo(one.rows());
    int[] seen = new int[40];
    for (int n = 0; n < 40; n++) {
      int row = one.rows().ids()[2 * n];
      seen[n] = row;
      assertThat(origin(one.rows(), n))
          .containsExactly(row, row % 4 == 0 ? -1 : row, row, row, row % 3 == 0 ? -1 : row, row);
      assertThat(one.rows().labels()[n]).isEqualTo(row % 2);
      assertThat(one.rows().weight(n)).isEqualTo(1 + row % 5);
    }
    Arrays.sort(seen);
    assertThat(seen).containsExactly(rows.stream().sorted().mapToInt(r -> r).toArray());
  }

  @Test
  void moreNumbersThanAnArrayHoldsAreTheUsersMistake() {
    assertThat(SampledRows.length(50_000_000, 50_000_000L * 40)).isEqualTo(2_000_000_000);
    assertThatThrownBy(() -> SampledRows.length(100_000_000, 100_000_000L * 45))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "100,000,000 rows with 4,500,000,000 ids or numbers in total are too many to explain"
                + " a model with: the limit is 2,147,483,639; choose fewer rows with --rows");
  }

  @Test
  void anExchangeMovesTheValuesOfItsFieldAndNothingElse() {
    List<Integer> rows = new ArrayList<>();
    for (int row = 1; row <= 30; row++) {
      rows.add(row);
    }
    SampledRows sample = SampledRows.of(FIELDS, batches(rows, 30));
    int[] order = ExplainJob.order(30, 5, 2, 0);
    for (int m = 0; m < FIELDS.size(); m++) {
      EncodedBatch exchanged = sample.exchanged(m, order);
      for (int n = 0; n < 30; n++) {
        int[] expected = origin(sample.rows(), n);
        expected[m] = origin(sample.rows(), order[n])[m];
        assertThat(origin(exchanged, n)).as("field %d, row %d", m, n).containsExactly(expected);
        assertThat(exchanged.labels()[n]).isEqualTo(sample.rows().labels()[n]);
        assertThat(exchanged.weight(n)).isEqualTo(sample.rows().weight(n));
      }
    }
  }

  /** Each of the 24 orders of four rows about as often as the others. */
  @Test
  void ordersAreRandomAndDifferByFieldRepeatAndSeed() {
    int[] count = new int[256];
    for (int i = 0; i < 24_000; i++) {
      int[] order = ExplainJob.order(4, i % 40, i / 40 % 30, i / 1200);
      count[order[0] << 6 | order[1] << 4 | order[2] << 2 | order[3]]++;
    }
    assertThat(Arrays.stream(count).filter(n -> n > 0))
        .hasSize(24)
        .allMatch(n -> n > 850 && n < 1150);
  }
}

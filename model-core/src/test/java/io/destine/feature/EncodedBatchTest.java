package io.destine.feature;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EncodedBatchTest {
  /** One single id, one list and one number a row. */
  private static EncodedBatch rows(float... weights) {
    return new EncodedBatch(
        3,
        new int[] {5, 6, 5, 5},
        new int[] {0, 2, 4, 6, 7},
        new int[] {1, 2, 1, 2, 2, 1, 1},
        new float[] {0, 0, -0.0f, 0},
        new float[] {0, 1, 0, 1},
        weights.length == 0 ? null : weights,
        null,
        null);
  }

  @Test
  void weightedRowsKeepTheirKeysAndAreScaledExactly() {
    EncodedBatch weighted = rows(0, 3, 0, 0.1f).weighted(2);
    assertThat(weighted.rows()).isEqualTo(2);
    assertThat(weighted.weights()).containsExactly(12, 4 * 0.1f);
    assertThat(weighted.labels()).containsExactly(1, 1);
    assertThat(weighted.ids()).containsExactly(6, 5);
    assertThat(weighted.multiIds()).containsExactly(1, 2, 1);
    assertThat(weighted.key(0)).isEqualTo(rows().key(1));
    assertThat(weighted.key(1)).isEqualTo(rows().key(3));
  }

  @Test
  void rowsWithoutWeightsAreScaledFromOneAndLeftAloneWithoutAScale() {
    EncodedBatch rows = rows();
    assertThat(rows.weighted(0)).isSameAs(rows);
    assertThat(rows.weighted(-1).weights()).containsOnly(0.5f);
    assertThat(rows(0, 0, 0, 0).weighted(0).rows()).isZero();
  }

  @Test
  void theHashOfARowIsThatOfItsIdsListsAndNumbers() {
    EncodedBatch rows = rows();
    assertThat(rows.inputHash(0)).as("lists in another order, -0").isEqualTo(rows.inputHash(2));
    assertThat(rows.inputHash(0)).isNotEqualTo(rows.inputHash(1)).isNotEqualTo(rows.inputHash(3));
  }
}

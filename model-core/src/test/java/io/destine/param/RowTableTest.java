package io.destine.param;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.config.Precision;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowTableTest {
  private static final int ROWS = RowTable.CHUNK_ROWS + 3;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8, 16, 17, 32, 40})
  void severalRowsAreReadAndWrittenAsOneByOne(int width) {
    int[] rows = {-1, ROWS - 1, 0, RowTable.CHUNK_ROWS, 7, RowTable.CHUNK_ROWS - 1};
    for (Precision precision : Precision.values()) {
      RowTable table = RowTable.zeros(precision, ROWS, width);
      double[] values = new double[5 * width];
      Arrays.setAll(values, i -> 1 / (i + 1.0));
      table.write(rows, 1, 5, values);
      double[] row = new double[width];
      double[] all = new double[5 * width];
      table.read(rows, 1, 5, all);
      for (int k = 0; k < 5; k++) {
        table.read(rows[1 + k], row, 0);
        for (int i = 0; i < width; i++) {
          double exact = 1 / (k * width + i + 1.0);
          assertThat(row[i]).isEqualTo(precision == Precision.FLOAT32 ? (float) exact : exact);
          assertThat(all[k * width + i]).isEqualTo(row[i]);
        }
      }
      table.read(6, row, 0);
      assertThat(row).containsOnly(0);
      assertThat(table.touch(rows, 1, 5)).isPositive();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 16})
  void growingKeepsRows(int width) {
    for (Precision precision : Precision.values()) {
      RowTable table = RowTable.zeros(precision, 5, width);
      double[] ones = new double[width];
      Arrays.fill(ones, 1);
      table.write(4, ones, 0);
      table.growTo(ROWS);
      double[] row = new double[width];
      table.read(4, row, 0);
      assertThat(row).containsOnly(1);
      for (int fresh : new int[] {3, 5, ROWS - 1}) {
        table.read(fresh, row, 0);
        assertThat(row).containsOnly(0);
      }
    }
  }
}

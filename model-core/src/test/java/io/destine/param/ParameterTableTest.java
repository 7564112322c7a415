package io.destine.param;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.config.Precision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ParameterTableTest {
  private static final int ROWS = ParameterTable.PAGE_ROWS + 3;

  /** Including the numbers that a float table leaves unused at the start of a page. */
  @ParameterizedTest
  @ValueSource(ints = {1, 16, 1024, 2032, 2047, 2048, 3000, 4080, 4095, 4096})
  void aPageOfRowsOfAnyWidthFitsAnArray(int width) {
    int bits = ParameterTable.pageBits(width);
    assertThat(bits).isEqualTo(width < 2048 ? 20 : width < 4096 ? 19 : 18);
    assertThat(((long) width << bits) + 16).isLessThan(Integer.MAX_VALUE - 8);
    int rows = 5 << bits;
    assertThat(ParameterTable.pagesFor(rows, bits)).isEqualTo(5);
    assertThat(ParameterTable.pagesFor(rows + 1, bits)).isEqualTo(6);
    assertThat(ParameterTable.rowsOfPage(4, rows, bits)).isEqualTo(1 << bits);
    assertThat(ParameterTable.rowsOfPage(5, rows + 1, bits)).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8, 16, 17, 32, 40})
  void severalRowsAreReadAndWrittenAsOneByOne(int width) {
    int[] rows = {-1, ROWS - 1, 0, ParameterTable.PAGE_ROWS, 7, ParameterTable.PAGE_ROWS - 1};
    for (Precision precision : Precision.values()) {
      ParameterTable table = ParameterTable.zeros(precision, ROWS, width);
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
      ParameterTable table = ParameterTable.zeros(precision, 5, width);
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

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 8, 16, 17, 48})
  void tablesBesideAnotherAreTablesOfTheirOwn(int width) {
    for (Precision precision : Precision.values()) {
      ParameterTable table = ParameterTable.zeros(precision, 5, width);
      fill(table, 0, 5, 1);
      ParameterTable[] once = table.beside(1);
      fill(once[0], 0, 5, 100);
      ParameterTable[] tables = table.beside(2);
      assertThat(tables[1].isBeside(table)).isEqualTo(precision == Precision.FLOAT32);
      assertRows(table, 0, 5, 1);
      assertRows(once[0], 0, 5, 100);
      fill(tables[1], 0, 5, 300);
      assertThat(sum(tables[0])).isZero();
      fill(tables[0], 0, 5, 200);
      for (ParameterTable each : new ParameterTable[] {tables[1], table, tables[0]}) {
        each.growTo(ROWS);
        each.growTo(ROWS - 1);
        assertThat(each.rows()).isEqualTo(ROWS);
      }
      fill(table, 5, ROWS, 1);
      assertRows(tables[0], 0, 5, 200);
      assertRows(tables[1], 0, 5, 300);
      double[] row = new double[width];
      for (ParameterTable each : tables) {
        each.read(ROWS - 1, row, 0);
        assertThat(row).containsOnly(0);
      }
      assertRows(table, 0, ROWS, 1);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, 0", "3, 2", "15, 1", "16, 0", "16, 1", "16, 2", "16, 3", "17, 2", "48, 1", "50, 0"
  })
  void aTouchReadsEveryLineOfARowAndItsState(int width, int states) {
    ParameterTable table = ParameterTable.zeros(Precision.FLOAT32, 3, width);
    List<ParameterTable> columns = new ArrayList<>(List.of(table));
    columns.addAll(List.of(table.beside(states)));
    int numbers = width * columns.size();
    for (int i = 0; i < numbers; i++) {
      double[] row = new double[width];
      row[i % width] = 1;
      columns.get(i / width).write(1, row, 0);
      boolean beginsLine = i % 16 == 0 || i == numbers - 1 && numbers % 16 != 0;
      if (beginsLine) {
        assertThat(table.touch(new int[] {0, 1, 2}, 1, 1)).as("number %s", i).isPositive();
      }
      assertThat(table.touch(new int[] {0, 1, 2}, 0, 1)).isZero();
      assertThat(table.touch(new int[] {0, 1, 2}, 2, 1)).isZero();
      columns.get(i / width).write(1, new double[width], 0);
    }
  }

  private static void fill(ParameterTable table, int from, int to, double first) {
    double[] row = new double[table.width()];
    for (int r = from; r < to; r++) {
      int at = r;
      Arrays.setAll(row, i -> first + at % 64 + i / 64.0);
      table.write(r, row, 0);
    }
  }

  private static void assertRows(ParameterTable table, int from, int to, double first) {
    double[] row = new double[table.width()];
    int[] rows = IntStream.range(from, to).toArray();
    double[] all = new double[rows.length * table.width()];
    table.read(rows, 0, rows.length, all);
    for (int r = from; r < to; r++) {
      table.read(r, row, 0);
      for (int i = 0; i < row.length; i++) {
        double expected = first + r % 64 + i / 64.0;
        if (row[i] != expected || all[(r - from) * row.length + i] != expected) {
          assertThat(row[i]).as("row %s, number %s", r, i).isEqualTo(expected);
          assertThat(all[(r - from) * row.length + i]).isEqualTo(expected);
        }
      }
    }
  }

  private static double sum(ParameterTable table) {
    double sum = 0;
    double[] row = new double[table.width()];
    for (int r = 0; r < table.rows(); r++) {
      table.read(r, row, 0);
      sum += Arrays.stream(row).map(Math::abs).sum();
    }
    return sum;
  }

  @Test
  void stateBesideWideRowsLiesElsewhere() {
    int width = 1 << 13;
    ParameterTable table = ParameterTable.zeros(Precision.FLOAT32, 2, width);
    ParameterTable[] tables = table.beside(2);
    assertThat(tables[0].isBeside(table)).isFalse();
    fill(table, 0, 2, 1);
    fill(tables[1], 0, 2, 7);
    assertRows(table, 0, 2, 1);
    assertThat(sum(tables[0])).isZero();
  }
}

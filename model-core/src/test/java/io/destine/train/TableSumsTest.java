package io.destine.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.feature.CompactReader;
import io.destine.feature.CompactWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TableSumsTest {
  /** No other test has sums of this width, so no memory of other sums is reused. */
  private static final int WIDTH = 83;

  private static final GradientFixedPoint FIXED = new GradientFixedPoint(40);

  private static TableSums sums(int rows) {
    TableSums sums = TableSums.take(WIDTH, IntStream.range(0, rows).map(i -> 3 * i).toArray());
    for (int row = 0; row < rows; row++) {
      int first = row;
      sums.set(row, IntStream.range(0, WIDTH).mapToLong(i -> 1_000L * first - i).toArray(), 0);
    }
    return sums;
  }

  private static TableSums copy(TableSums sums, int rows) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CompactWriter writer = new CompactWriter(new DataOutputStream(bytes));
    new TableRows(FIXED, List.of(sums)).write(writer);
    writer.flush();
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()));
    return TableSums.read(new CompactReader(in), rows, WIDTH, Long.MAX_VALUE / 2);
  }

  private static double[] numbers(TableSums sums, int rows) {
    double[] numbers = new double[rows * WIDTH];
    new TableRows(FIXED, List.of(sums)).first(WIDTH).read(0, rows, numbers);
    return numbers;
  }

  /** Owners receive gradients in pieces of a few rows, so a page for each would be mostly empty. */
  @Test
  void rowsThatAreReadTakeNoMoreMemoryThanTheyNeed() throws IOException {
    TableSums three = sums(3);
    TableSums read = copy(three, 3);
    assertThat(read.pages()).hasSize(1);
    assertThat(read.pages().get(0)).hasSize(3 * WIDTH);
    assertThat(numbers(read, 3)).isEqualTo(numbers(three, 3));
  }

  @Test
  void aShortPageIsReplacedWhenItsSumsAreReusedForMoreRows() throws IOException {
    copy(sums(3), 3).giveBack();
    TableSums many = sums(1500);
    TableSums read = copy(many, 1500);
    assertThat(numbers(read, 1500)).isEqualTo(numbers(many, 1500));
    assertThat(read.pages()).hasSize(2);
    assertThat(read.pages().get(1).length).isGreaterThanOrEqualTo(476 * WIDTH);
  }
}

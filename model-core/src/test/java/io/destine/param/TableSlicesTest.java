package io.destine.param;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

class TableSlicesTest {

  @Test
  void everyRowIsDoneOnceForAnyNumberOfThreads() {
    for (int rows :
        new int[] {0, 1, TableSlices.SLICE_ROWS, 5000, 20 * TableSlices.SLICE_ROWS + 7}) {
      for (int threads : new int[] {1, 2, 7}) {
        AtomicIntegerArray done = new AtomicIntegerArray(rows);
        TableSlices.forEach(
            rows,
            threads,
            () ->
                (from, to) -> {
                  for (int row = from; row < to; row++) {
                    done.incrementAndGet(row);
                  }
                });
        for (int row = 0; row < rows; row++) {
          assertThat(done.get(row)).as("row " + row + " of " + rows).isEqualTo(1);
        }
      }
    }
  }

  @Test
  void whatWorkThrowsReachesTheCaller() {
    for (int threads : new int[] {1, 3}) {
      assertThatThrownBy(
              () ->
                  TableSlices.forEach(
                      100_000,
                      threads,
                      () ->
                          (from, to) -> {
                            throw new ArithmeticException("row " + from);
                          }))
          .isInstanceOf(ArithmeticException.class);
    }
  }
}

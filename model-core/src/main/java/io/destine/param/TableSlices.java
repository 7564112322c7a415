package io.destine.param;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Processes independent table rows in slices, which threads take in turn. The result for a row
 * depends on neither the number of threads nor the slices.
 */
public final class TableSlices {
  /** Rows that a thread takes at a time. */
  public static final int SLICE_ROWS = 1 << 10;

  /**
   * Work is divided from this many rows on: fewer rows are finished before another thread could
   * start.
   */
  private static final int PARALLEL_FROM = 1 << 12;

  private TableSlices() {}

  /** Work on rows {@code from} up to, not including, {@code to}. */
  @FunctionalInterface
  public interface Work {
    void run(int from, int to);
  }

  /**
   * Processes all rows, some of them in the calling thread, and returns when all are done.
   *
   * @param threads maximum number of threads
   * @param work creates the work of one thread, with its scratch memory
   */
  public static void forEach(int rows, int threads, Supplier<Work> work) {
    int slices = (rows + SLICE_ROWS - 1) / SLICE_ROWS;
    AtomicInteger next = new AtomicInteger();
    Runnable worker =
        () -> {
          Work own = null;
          for (int s = next.getAndIncrement(); s < slices; s = next.getAndIncrement()) {
            own = own == null ? work.get() : own;
            own.run(s * SLICE_ROWS, Math.min(rows, (s + 1) * SLICE_ROWS));
          }
        };
    if (threads == 1 || rows < PARALLEL_FROM) {
      worker.run();
    } else {
      IntStream.range(0, Math.min(threads, slices)).parallel().forEach(t -> worker.run());
    }
  }
}

package io.destine.spark.train;

import io.destine.feature.FieldLayout;
import java.util.Locale;
import java.util.Optional;

/**
 * The rows that steps take from at a time: a group of blocks, which executors hold whatever {@code
 * compute.rows-memory} says.
 *
 * @param blocks of a group
 * @param bytes of its rows in memory, lists of multi fields counted as one value each
 * @param heap bytes of the heaps of all executors that hold them
 */
record GroupMemory(int blocks, long bytes, long heap) {
  /** Share of the heap beyond which little is left for parameters and gradients. */
  private static final double MOST = 0.5;

  /**
   * The largest group.
   *
   * @param rows [blocks] of each block of the split
   * @param blocksPerStep K, most blocks of a group
   */
  static GroupMemory of(FieldLayout fields, long[] rows, int blocksPerStep, long heap) {
    int blocks = Math.min(blocksPerStep, rows.length);
    long largest = 0;
    for (long of : rows) {
      largest = Math.max(largest, of);
    }
    // Label, and place in the epoch's order.
    long row = 4L * (fields.singles() + 2L * fields.multis() + fields.denseWidth()) + 4 + 4;
    return new GroupMemory(blocks, blocks * largest * row, heap);
  }

  /** A warning for the user when the group takes too much of the heap. */
  Optional<String> warning() {
    return bytes <= MOST * heap
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT,
                "warning: steps take rows of %d blocks at a time, %,d MB, and the executors have"
                    + " %,d MB of heap: with OutOfMemoryError, lower train.blocks-per-step or"
                    + " output.block-rows, or give the executors more memory",
                blocks,
                bytes >> 20,
                heap >> 20));
  }
}

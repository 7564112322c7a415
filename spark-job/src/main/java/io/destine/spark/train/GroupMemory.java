package io.destine.spark.train;

import io.destine.feature.FieldLayout;
import java.util.Locale;
import java.util.Optional;

/**
 * Memory of a group of blocks. Steps take their rows from one group after the other. Executors hold
 * the whole group regardless of {@code compute.rows-memory}.
 *
 * @param blocks of a group
 * @param bytes of its rows in memory; the list of a multi field counts as one value
 * @param heap total heap of the executors that hold them, in bytes
 */
record GroupMemory(int blocks, long bytes, long heap) {
  /** Share of the heap above which too little is left for parameters and gradients. */
  private static final double MOST = 0.5;

  /**
   * The largest group.
   *
   * @param rows [blocks] number of rows of each block of the split
   * @param blocksPerStep K, maximum blocks of a group
   */
  static GroupMemory of(FieldLayout fields, long[] rows, int blocksPerStep, long heap) {
    int blocks = Math.min(blocksPerStep, rows.length);
    long largest = 0;
    for (long of : rows) {
      largest = Math.max(largest, of);
    }
    // The last two terms: label, and position in the epoch's order.
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
                "warning: steps take rows of %d blocks at a time, %,d MiB, and the executors have"
                    + " %,d MiB of heap: if they run out of memory, lower train.blocks-per-step or"
                    + " output.block-rows, or give the executors more memory",
                blocks,
                bytes >> 20,
                heap >> 20));
  }
}

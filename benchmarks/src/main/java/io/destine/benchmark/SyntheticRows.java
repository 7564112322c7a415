package io.destine.benchmark;

import io.destine.feature.EncodedBatch;
import io.destine.spark.encode.BlockReader;
import java.util.Arrays;

/**
 * {@link SkewedRows} in blocks.
 *
 * @param fields M
 * @param vocabulary V
 * @param all rows of all blocks
 * @param blocks P
 */
record SyntheticRows(int fields, int vocabulary, int all, int blocks) implements BlockReader {

  @Override
  public int[] rows() {
    int[] rowsByBlock = new int[blocks];
    Arrays.setAll(rowsByBlock, b -> (int) ((b + 1L) * all / blocks - (long) b * all / blocks));
    return rowsByBlock;
  }

  @Override
  public EncodedBatch read(int block) {
    return batch(block, rows()[block]);
  }

  /** A block with the given number of rows. */
  EncodedBatch batch(int block, int count) {
    EncodedBatch rows = SkewedRows.batch(block, count, fields, vocabulary);
    return new EncodedBatch(block, rows.ids(), null, null, null, rows.labels(), null, null, null);
  }
}

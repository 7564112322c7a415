package io.destine.spark.bench;

import io.destine.feature.EncodedBatch;
import io.destine.random.CounterRandom;
import io.destine.random.Purpose;
import io.destine.spark.train.BlockReader;
import java.util.Arrays;

/**
 * Made-up rows: each field has its share of the vocabulary, small ids are frequent, a quarter of
 * the labels is 1. The same on every machine.
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
    int perField = vocabulary / fields;
    CounterRandom random = CounterRandom.of(block, Purpose.ROW_ORDER);
    int[] ids = new int[count * fields];
    Arrays.setAll(
        ids, i -> i % fields * perField + (int) (Math.pow(random.uniform(i), 4) * perField));
    float[] labels = new float[count];
    for (int n = 0; n < count; n++) {
      labels[n] = random.at(1).uniform(n) < 0.25 ? 1 : 0;
    }
    return new EncodedBatch(block, ids, null, null, null, labels, null, null, null);
  }
}

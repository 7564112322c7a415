package io.destine.kernel.nd4j;

import io.destine.feature.EncodedBatch;
import io.destine.kernel.Dropout;
import io.destine.param.Parameters;
import io.destine.random.CounterRandom;
import io.destine.random.DropoutMask;
import io.destine.random.Purpose;

/**
 * A run of a network: some rows of a batch, for training or for their logits alone.
 *
 * @param parameters source of the table rows
 * @param batch the packed rows
 * @param from the first row of the pass
 * @param rows B, the number of rows
 * @param training batch statistics instead of running statistics
 * @param dropout selects the masks, or null for none
 */
record Pass(
    Parameters parameters,
    EncodedBatch batch,
    int from,
    int rows,
    boolean training,
    Dropout dropout) {

  /** True when the pass has dropout at that rate. */
  boolean drops(double rate) {
    return rate > 0 && dropout != null;
  }

  /**
   * The dropout factors r of a layer, 0 or 1 / (1 - rate): {@code perRow} for each row, one row
   * after the other.
   */
  double[] mask(Purpose purpose, double rate, int layer, int perRow) {
    DropoutMask mask = new DropoutMask(dropout.seed(), purpose, dropout.epoch(), rate);
    double[] factors = new double[rows * perRow];
    for (int n = 0; n < rows; n++) {
      CounterRandom stream = mask.stream(batch.key(from + n), layer);
      for (int i = 0; i < perRow; i++) {
        factors[n * perRow + i] = mask.factor(stream, i);
      }
    }
    return factors;
  }
}

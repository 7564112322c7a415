package io.destine.kernel.vector;

import io.destine.feature.EncodedBatch;

/** The rows of a batch in a bank: at most one for each lane. Set again for every bank. */
final class Rows {
  private EncodedBatch batch;
  private int from;
  private int count;

  void set(EncodedBatch batch, int from, int count) {
    this.batch = batch;
    this.from = from;
    this.count = count;
  }

  /** Number of lanes with a row; the others compute with zeros and are ignored. */
  int count() {
    return count;
  }

  /** The key of the row in a lane. */
  long key(int lane) {
    return batch.key(from + lane);
  }
}

package io.destine.spark.encode;

import io.destine.feature.EncodedBatch;
import java.io.Serializable;

/** Reads the blocks of rows of a split, on any machine. */
public interface BlockReader extends Serializable {
  /** [blocks] number of rows of each block; a block may have none. */
  int[] rows();

  /**
   * The rows of a block.
   *
   * @throws io.destine.spark.conf.UserError if another run has replaced the data set, or if it is
   *     damaged
   */
  EncodedBatch read(int block);
}

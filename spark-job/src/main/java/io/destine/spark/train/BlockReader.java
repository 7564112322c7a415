package io.destine.spark.train;

import io.destine.feature.EncodedBatch;
import java.io.Serializable;

/** Reads blocks of rows from where they are stored, on any machine and in any thread. */
public interface BlockReader extends Serializable {

  /** [P] rows by block. */
  int[] rows();

  /**
   * The rows of a block, read anew at each call.
   *
   * @throws java.io.UncheckedIOException when they cannot be read
   */
  EncodedBatch read(int block);
}

package io.destine.kernel.vector;

import io.destine.feature.EncodedBatch;

/** A field whose embeddings are computed from dense numbers instead of looked up. */
interface DenseField {

  /** Fills the field's d columns of the embeddings of some rows of a batch. */
  void forward(float[] s, EncodedBatch batch, int from, int rows, RowBlock embeddings);

  /** Adds to the sums, after {@link #forward} of the same rows. */
  void backward(float[] s, EncodedBatch batch, int from, int rows, RowBlock gradient);
}

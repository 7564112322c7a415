package io.destine.kernel.vector;

import io.destine.kernel.Dropout;

/** A summand of the logit that is computed from the embeddings of a bank, rows in lanes. */
interface LaneTerm {

  /** Adds to the logit vector. */
  void forward(float[] s, Rows rows, Dropout dropout);

  /** After {@link #forward} of the same bank: adds to the embeddings' gradient and to the sums. */
  void backward(float[] s, int bank);
}

package io.destine.kernel.vector;

import java.util.Arrays;

/**
 * The data of a bank of rows that the terms of the logit share: embeddings [M, d] and their
 * gradient, the logit and its gradient; each element is a vector.
 *
 * @param columns the d columns
 * @param fields M
 * @param embeddings [M, d]
 * @param gradient [M, d]
 * @param logit position of the logit vector
 * @param logitGradient position of its gradient
 */
record Bank(
    Columns columns,
    int fields,
    LaneMatrix embeddings,
    LaneMatrix gradient,
    int logit,
    int logitGradient) {

  static Bank reserve(Memory memory, int fields, int d) {
    return new Bank(
        new Columns(1, d),
        fields,
        LaneMatrix.reserve(memory, fields, d),
        LaneMatrix.reserve(memory, fields, d),
        memory.reserve(Lanes.LENGTH),
        memory.reserve(Lanes.LENGTH));
  }

  /** Sets the gradient of the embeddings to zero. */
  void clearGradient(float[] s) {
    Arrays.fill(s, gradient.at(), gradient.at(fields, 0), 0);
  }
}

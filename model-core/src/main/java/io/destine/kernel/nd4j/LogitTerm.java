package io.destine.kernel.nd4j;

/** One summand of the logit that is a function of the embeddings e [B, M, d]. */
interface LogitTerm {

  /** Adds the term to logits [B, 1]. */
  void forward(Pass pass, FieldBlock e, RowMajorMatrix logits);

  /**
   * Adds the gradients of the term's parameters, and to de [B, M, d] that of e.
   *
   * @param dlogits [B, 1]
   */
  void backward(FieldBlock e, RowMajorMatrix dlogits, FieldBlock de);
}

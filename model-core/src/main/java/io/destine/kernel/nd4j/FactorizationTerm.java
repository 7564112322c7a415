package io.destine.kernel.nd4j;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The factorization-machine term, the sum over field pairs m < n of e_m . e_n, in linear time:
 *
 * <pre>
 *   f = (|s|^2 - sum_m |e_m|^2) / 2     s = sum_m e_m     df/de_m = s - e_m
 * </pre>
 */
final class FactorizationTerm {
  private INDArray s;

  /** Adds f to logits [B, 1], for e [B, M, d]. */
  void forward(INDArray e, INDArray logits) {
    s = e.sum(true, 1);
    Products.addSumOfEach(Tensors.rows(s.mul(s).muli(0.5)), logits);
    Products.addSumOfEach(Tensors.rows(e.mul(e).muli(-0.5)), logits);
  }

  /** Adds the gradient of e to de [B, M, d]. */
  void backward(INDArray e, INDArray dlogits, INDArray de) {
    INDArray minusDerivative = Tensors.rows(e.sub(s));
    Tensors.rows(de).subi(minusDerivative.muliColumnVector(dlogits));
  }
}

package io.destine.kernel.nd4j;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The factorization-machine term, the sum over field pairs m < n of e_m . e_n, in linear time:
 *
 * <pre>
 *   f = (|s|^2 - sum_m |e_m|^2) / 2     s = sum_m e_m     df/de_m = s - e_m
 * </pre>
 */
final class Nd4jFactorizationTerm implements LogitTerm {
  private final DenseStore store;
  private final FieldBlock sum;
  private final FieldBlock squaredSum;
  private final FieldBlock terms;

  /** A term over embeddings [rows, fields, d]. */
  Nd4jFactorizationTerm(DenseStore store, int rows, int fields, int d, Scratch scratch) {
    this.store = store;
    sum = scratch.block(rows, 1, d);
    squaredSum = scratch.block(rows, 1, d);
    terms = scratch.block(rows, fields, d);
  }

  @Override
  public void forward(Pass pass, FieldBlock e, RowMajorMatrix logits) {
    e.cube().sum(sum.cube(), 1);
    squaredSum.cube().assign(sum.cube());
    squaredSum.cube().muli(sum.cube()).muli(0.5);
    addLines(squaredSum.flat(), logits);
    terms.cube().assign(e.cube());
    terms.cube().muli(e.cube()).muli(-0.5);
    addLines(terms.flat(), logits);
  }

  private void addLines(RowMajorMatrix of, RowMajorMatrix logits) {
    RowMajorMatrix.product(of, store.ones(of.width()), logits, 1);
  }

  @Override
  public void backward(FieldBlock e, RowMajorMatrix dlogits, FieldBlock de) {
    INDArray minusDerivative = terms.flat().rows();
    e.cube().sub(sum.cube(), terms.cube());
    minusDerivative.muliColumnVector(dlogits.rows());
    de.flat().rows().subi(minusDerivative);
  }
}

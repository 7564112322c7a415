package io.destine.kernel.nd4j;

/** The bias alone, where there are no interaction layers. */
final class BiasTerm implements LogitTerm {
  private final DenseStore store;
  private final RowMajorMatrix bias;
  private final RowMajorMatrix gradient;

  BiasTerm(DenseStore store) {
    this.store = store;
    bias = store.line("output.bias");
    gradient = store.lineGradient("output.bias");
  }

  @Override
  public void forward(Pass pass, FieldBlock e, RowMajorMatrix logits) {
    logits.rows().addiRowVector(bias.rows());
  }

  @Override
  public void backward(FieldBlock e, RowMajorMatrix dlogits, FieldBlock de) {
    RowMajorMatrix.rowSum(store.ones(dlogits.count()), dlogits, gradient, 1);
  }
}

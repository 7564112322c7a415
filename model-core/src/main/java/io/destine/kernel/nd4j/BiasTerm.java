package io.destine.kernel.nd4j;

/** The bias alone, where there are no interaction layers. */
final class BiasTerm implements LogitTerm {
  private final DenseStore store;
  private final RowMatrix bias;
  private final RowMatrix gradient;

  BiasTerm(DenseStore store) {
    this.store = store;
    bias = store.line("output.bias");
    gradient = store.lineGradient("output.bias");
  }

  @Override
  public void forward(Pass pass, FieldBlock e, RowMatrix logits) {
    logits.rows().addiRowVector(bias.rows());
  }

  @Override
  public void backward(FieldBlock e, RowMatrix dlogits, FieldBlock de) {
    RowMatrix.rowSum(store.ones(dlogits.count()), dlogits, gradient, 1);
  }
}

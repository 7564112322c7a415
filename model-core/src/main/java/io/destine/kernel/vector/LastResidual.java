package io.destine.kernel.vector;

/** The projection Wr e [M, D] of the embeddings that is added after the last layer. */
final class LastResidual {
  private final int fields;
  private final FieldProjection projection;

  LastResidual(DenseTensors tensors, Memory memory, Columns heads, int fields, Bank bank) {
    this.fields = fields;
    projection =
        new FieldProjection(
            tensors,
            "residual",
            memory,
            fields,
            bank.columns(),
            heads,
            bank.embeddings(),
            bank.gradient());
  }

  /** The projection, and after {@link #keepGradient} its gradient. */
  LaneMatrix out() {
    return projection.y();
  }

  void forward(float[] s) {
    projection.forward(s);
  }

  /** Copies the gradient of the projection, before the layers overwrite it. */
  void keepGradient(float[] s, LaneMatrix gradient) {
    int length = projection.width() * Lanes.LENGTH;
    for (int m = 0; m < fields; m++) {
      System.arraycopy(s, gradient.at(m, 0), s, out().at(m, 0), length);
    }
  }

  /**
   * Adds to the sums of the weights' gradients and to the gradient of the embeddings, which the
   * layers must have set before.
   */
  void backward(float[] s, int bank) {
    projection.backward(s, bank);
    projection.addInputGradient(s);
  }
}

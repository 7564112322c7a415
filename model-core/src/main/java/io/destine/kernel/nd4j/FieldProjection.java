package io.destine.kernel.nd4j;

/** A projection of every field of a block, the keys or the values, with an optional ReLU. */
final class FieldProjection {
  private final Projection projection;
  private final boolean rectified;
  private final FieldBlock result;

  /**
   * @param result [B, M, D], this projection's own
   */
  FieldProjection(Projection projection, boolean rectified, FieldBlock result) {
    this.projection = projection;
    this.rectified = rectified;
    this.result = result;
  }

  /** [B, M, D]. */
  FieldBlock result() {
    return result;
  }

  /** Fills the result from x [B, M, in]. */
  void forward(FieldBlock x) {
    projection.forward(x.vectors(), result.vectors());
    if (rectified) {
      Rectifier.forward(result.vectors().rows());
    }
  }

  /** Adds to dx the gradient of x, given that of the result, which is overwritten. */
  void backward(FieldBlock x, FieldBlock gradient, FieldBlock dx) {
    if (rectified) {
      Rectifier.backward(result.vectors().rows(), gradient.vectors().rows());
    }
    projection.backward(x.vectors(), gradient.vectors(), dx.vectors());
  }
}

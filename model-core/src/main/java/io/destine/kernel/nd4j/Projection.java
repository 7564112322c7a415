package io.destine.kernel.nd4j;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An affine map of vectors, y = x W^T + b with W [out, in] and b [out], and its gradients:
 *
 * <pre>
 *   dx += dy W      dW += dy^T x      db += the sum of the vectors of dy
 * </pre>
 *
 * @param w [out, in]
 * @param b [1, out], or null
 */
record Projection(DenseTensors.Tensor w, DenseTensors.Tensor b) {

  /** The map of that name, with a bias if the network has one. */
  static Projection of(DenseTensors tensors, String name) {
    return of(tensors, name, true);
  }

  /**
   * The map of that name.
   *
   * @param biased false omits the bias: it cancels, and its gradient stays zero, or the caller adds
   *     it
   */
  static Projection of(DenseTensors tensors, String name, boolean biased) {
    boolean hasBias = biased && tensors.has(name + ".bias");
    return new Projection(
        tensors.matrix(name + ".weight"), hasBias ? tensors.line(name + ".bias") : null);
  }

  /** y [.., out], for x [.., in]. */
  INDArray apply(INDArray x) {
    INDArray y = Tensors.zeros(x, w.value().size(0));
    addTo(y, x);
    return y;
  }

  /** Adds the map of x [.., in] to y [.., out]. */
  void addTo(INDArray y, INDArray x) {
    Products.addProjected(x, w.value(), y);
    if (b != null) {
      Tensors.vectors(y).addiRowVector(b.value());
    }
  }

  /** Adds the gradients of W and b, and adds the gradient of x to dx [.., in]. */
  void backward(INDArray x, INDArray dy, INDArray dx) {
    backward(x, dy);
    Products.addMultiplied(dy, w.value(), dx);
  }

  /** Adds the gradients of W and b. */
  void backward(INDArray x, INDArray dy) {
    Products.addReduced(dy, x, w.gradient());
    if (b != null) {
      Products.addSum(dy, b.gradient());
    }
  }
}

package io.destine.kernel.nd4j;

/**
 * An affine map of row vectors, y = x W^T + b with W [out, in] and b [out], and its gradients:
 *
 * <pre>
 *   dx += dy W      dW += dy^T x      db += the sum of the rows of dy
 * </pre>
 */
final class Projection {
  private final DenseStore store;
  private final RowMajorMatrix weight;
  private final RowMajorMatrix weightGradient;
  private final RowMajorMatrix bias;
  private final RowMajorMatrix biasGradient;

  private Projection(DenseStore store, String name, boolean biased) {
    this.store = store;
    weight = store.matrix(name + ".weight");
    weightGradient = store.matrixGradient(name + ".weight");
    bias = biased ? store.line(name + ".bias") : null;
    biasGradient = biased ? store.lineGradient(name + ".bias") : null;
  }

  /** The map of that name, with a bias if the network has one. */
  static Projection of(DenseStore store, String name) {
    return new Projection(store, name, store.has(name + ".bias"));
  }

  /** The map of that name without its bias, for where a bias cancels: its gradient stays zero. */
  static Projection withoutBias(DenseStore store, String name) {
    return new Projection(store, name, false);
  }

  /** Sets y [n, out] to the map of x [n, in]. */
  void forward(RowMajorMatrix x, RowMajorMatrix y) {
    forward(x, y, 0);
  }

  /** Adds the map of x [n, in] to y [n, out]. */
  void add(RowMajorMatrix x, RowMajorMatrix y) {
    forward(x, y, 1);
  }

  private void forward(RowMajorMatrix x, RowMajorMatrix y, double keep) {
    RowMajorMatrix.project(x, weight, y, keep);
    if (bias != null) {
      y.rows().addiRowVector(bias.rows());
    }
  }

  /** Adds the gradients of weight and bias, and to dx [n, in] that of x. */
  void backward(RowMajorMatrix x, RowMajorMatrix dy, RowMajorMatrix dx) {
    backward(x, dy);
    RowMajorMatrix.product(dy, weight, dx, 1);
  }

  /** Adds the gradients of weight and bias. */
  void backward(RowMajorMatrix x, RowMajorMatrix dy) {
    RowMajorMatrix.rowSum(dy, x, weightGradient, 1);
    if (bias != null) {
      RowMajorMatrix.rowSum(store.ones(dy.count()), dy, biasGradient, 1);
    }
  }
}

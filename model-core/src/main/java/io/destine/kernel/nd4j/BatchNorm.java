package io.destine.kernel.nd4j;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Batch normalization of a layer's n units over the rows of a pass, in place on z [B, n]:
 *
 * <pre>
 *   y = g xhat + b        xhat = (z - mean) / sqrt(var + eps)
 *   dz = g / sqrt(var + eps) (dy - mean(dy) - xhat mean(dy xhat))
 * </pre>
 *
 * <p>Training takes mean and (biased) variance of the rows of the pass; otherwise the running ones
 * are used.
 */
final class BatchNorm {
  private static final double EPSILON = 1e-5;

  private final DenseStore store;
  private final RowMajorMatrix scale;
  private final RowMajorMatrix scaleGradient;
  private final RowMajorMatrix shift;
  private final RowMajorMatrix shiftGradient;
  private final RunningStatistics running;
  private final String name;
  private final RowMajorMatrix mean;
  private final RowMajorMatrix inverse;
  private final RowMajorMatrix normalized;
  private final RowMajorMatrix work;

  /**
   * @param name prefix of its tensors
   */
  BatchNorm(
      DenseStore store,
      RunningStatistics running,
      String name,
      int rows,
      int units,
      Scratch scratch) {
    this.store = store;
    this.running = running;
    this.name = name;
    scale = store.line(name + ".weight");
    scaleGradient = store.lineGradient(name + ".weight");
    shift = store.line(name + ".bias");
    shiftGradient = store.lineGradient(name + ".bias");
    mean = scratch.matrix(1, units);
    inverse = scratch.matrix(1, units);
    normalized = scratch.matrix(rows, units);
    work = scratch.matrix(rows, units);
  }

  /** Normalizes z in place; a training pass notes its statistics. */
  void forward(Pass pass, RowMajorMatrix z) {
    INDArray x = normalized.rows();
    x.assign(z.rows());
    if (pass.training()) {
      average(z, mean);
      x.subiRowVector(mean.rows());
      work.rows().assign(x);
      work.rows().muli(x);
      average(work, inverse);
      running.observe(name, mean.rows(), inverse.rows(), pass.rows());
    } else {
      running.write(name, mean.rows(), inverse.rows());
      x.subiRowVector(mean.rows());
    }
    Transforms.sqrt(inverse.rows().addi(EPSILON), false).rdivi(1);
    x.muliRowVector(inverse.rows());
    z.rows().assign(x);
    z.rows().muliRowVector(scale.rows());
    z.rows().addiRowVector(shift.rows());
  }

  /** Turns dy, the gradient of a training pass's result, into that of its input, in place. */
  void backward(RowMajorMatrix dy) {
    RowMajorMatrix ones = store.ones(dy.count());
    RowMajorMatrix.rowSum(ones, dy, shiftGradient, 1);
    work.rows().assign(dy.rows());
    work.rows().muli(normalized.rows());
    RowMajorMatrix.rowSum(ones, work, scaleGradient, 1);
    average(work, mean);
    normalized.rows().muliRowVector(mean.rows());
    average(dy, mean);
    dy.rows().subiRowVector(mean.rows());
    dy.rows().subi(normalized.rows());
    dy.rows().muliRowVector(inverse.rows());
    dy.rows().muliRowVector(scale.rows());
  }

  private void average(RowMajorMatrix of, RowMajorMatrix into) {
    RowMajorMatrix.rowSum(store.ones(of.count()), of, into, 0);
    into.rows().divi(of.count());
  }
}

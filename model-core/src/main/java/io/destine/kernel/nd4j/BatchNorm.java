package io.destine.kernel.nd4j;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Batch normalization of a layer's n units over the rows of a pass, z [B, n]:
 *
 * <pre>
 *   y = g xhat + b        xhat = (z - mean) / sqrt(var + eps)
 *   dz = g / sqrt(var + eps) (dy - mean(dy) - xhat mean(dy xhat))
 * </pre>
 *
 * <p>Training uses the mean and (biased) variance of the rows of the pass; otherwise the running
 * statistics are used.
 */
final class BatchNorm {
  private static final double EPSILON = 1e-5;

  private final DenseTensors tensors;
  private final String name;
  private final DenseTensors.Tensor g;
  private final DenseTensors.Tensor b;
  private INDArray xhat;
  private INDArray inverse;

  /**
   * @param name prefix of its tensors
   */
  BatchNorm(DenseTensors tensors, String name) {
    this.tensors = tensors;
    this.name = name;
    g = tensors.line(name + ".weight");
    b = tensors.line(name + ".bias");
  }

  /** y [B, n]; a training pass records its statistics, with the unbiased variance. */
  INDArray forward(Pass pass, INDArray z) {
    INDArray variance;
    if (pass.training()) {
      int rows = pass.rows();
      INDArray mean = mean(z);
      xhat = z.subRowVector(mean);
      variance = mean(xhat.mul(xhat));
      tensors.observe(name + ".running_mean", mean, 1, rows);
      tensors.observe(name + ".running_var", variance, rows > 1 ? rows / (rows - 1.0) : 1, rows);
    } else {
      xhat = z.subRowVector(tensors.running(name + ".running_mean"));
      variance = tensors.running(name + ".running_var");
    }
    inverse = Transforms.sqrt(variance.add(EPSILON), false).rdivi(1);
    xhat.muliRowVector(inverse);
    return xhat.mulRowVector(g.value()).addiRowVector(b.value());
  }

  /** dz [B, n] of a training pass; adds the gradients of g and b. */
  INDArray backward(INDArray dy) {
    INDArray product = dy.mul(xhat);
    Products.addSum(dy, b.gradient());
    Products.addSum(product, g.gradient());
    return dy.subRowVector(mean(dy))
        .subi(xhat.mulRowVector(mean(product)))
        .muliRowVector(inverse)
        .muliRowVector(g.value());
  }

  private static INDArray mean(INDArray z) {
    INDArray sum = Nd4j.zeros(z.dataType(), 1, z.size(1));
    Products.addSum(z, sum);
    return sum.divi(z.size(0));
  }
}

package io.destine.kernel.vector;

import io.destine.feature.FieldLayout;
import io.destine.param.ParameterLayout;
import java.util.Arrays;

/** The query w [d] that weighs the values of a list, and the sum of its gradients. */
final class PoolingQuery implements DenseTensors.Part {
  private final ParameterLayout.Tensor tensor;
  final float[] w;
  final float[] gradient;

  PoolingQuery(DenseTensors tensors, String name, int d) {
    tensor = tensors.tensor(name);
    w = new float[d];
    gradient = new float[d];
    tensors.add(this);
  }

  /** The name of the query of field m. */
  static String name(FieldLayout fields, int m) {
    return ParameterLayout.FIELDS + fields.field(m).name() + "." + ParameterLayout.POOLING;
  }

  @Override
  public void load(double[] dense, float[] s) {
    for (int i = 0; i < w.length; i++) {
      w[i] = (float) dense[tensor.offset() + i];
    }
  }

  @Override
  public void clear(float[] s) {
    Arrays.fill(gradient, 0);
  }

  @Override
  public void collect(float[] s, float[] into) {
    System.arraycopy(gradient, 0, into, tensor.offset(), w.length);
  }
}

package io.destine.kernel.vector;

import io.destine.param.ParameterLayout;
import java.util.Arrays;

/** A dense tensor [n] outside the kernel's memory, and the sum of its gradients. */
final class DenseVector implements DenseTensors.Part {
  private final ParameterLayout.Tensor tensor;
  final float[] values;
  final float[] gradient;

  DenseVector(DenseTensors tensors, String name) {
    tensor = tensors.tensor(name);
    values = new float[tensor.size()];
    gradient = new float[tensor.size()];
    tensors.add(this);
  }

  @Override
  public void load(double[] dense, float[] s) {
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) dense[tensor.offset() + i];
    }
  }

  @Override
  public void clear(float[] s) {
    Arrays.fill(gradient, 0);
  }

  @Override
  public void collect(float[] s, float[] into) {
    System.arraycopy(gradient, 0, into, tensor.offset(), gradient.length);
  }
}

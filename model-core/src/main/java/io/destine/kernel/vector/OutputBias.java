package io.destine.kernel.vector;

import io.destine.param.ParameterLayout;

/** The bias of the logit. */
final class OutputBias implements DenseTensors.Part {
  private final ParameterLayout.Tensor tensor;
  private double value;
  private double sum;

  OutputBias(DenseTensors tensors) {
    tensor = tensors.tensor("output.bias");
    tensors.add(this);
  }

  double value() {
    return value;
  }

  /** Adds the gradient of a row's logit. */
  void add(double dlogit) {
    sum += dlogit;
  }

  @Override
  public void load(double[] dense, float[] s) {
    value = dense[tensor.offset()];
  }

  @Override
  public void clear(float[] s) {
    sum = 0;
  }

  @Override
  public void collect(float[] s, float[] gradient) {
    gradient[tensor.offset()] = (float) sum;
  }
}

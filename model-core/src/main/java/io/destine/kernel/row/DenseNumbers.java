package io.destine.kernel.row;

import io.destine.param.ParameterLayout;
import io.destine.param.Parameters;

/** The dense tensors of a network as floats. */
final class DenseNumbers {
  private final ParameterLayout layout;
  private final double[] dense;
  private final double[] statistics;

  DenseNumbers(ParameterLayout layout, Parameters parameters) {
    this.layout = layout;
    dense = parameters.dense();
    statistics = parameters.statistics();
  }

  /** The output's bias, as a double. */
  double outputBias() {
    return dense[layout.tensor("output.bias").offset()];
  }

  /** A tensor in its original order; zeros when the network does not have it. */
  float[] of(String name, int size) {
    return layout.has(name) ? of(name) : new float[size];
  }

  /** A tensor in its original order. */
  float[] of(String name) {
    return scaled(name, 1);
  }

  /** A tensor times a number. */
  float[] scaled(String name, double scale) {
    ParameterLayout.Tensor tensor = layout.tensor(name);
    float[] numbers = new float[tensor.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) (dense[tensor.offset() + i] * scale);
    }
    return numbers;
  }

  /** A running statistic. */
  double[] statistic(String name) {
    ParameterLayout.Tensor tensor = layout.statistic(name);
    double[] numbers = new double[tensor.size()];
    System.arraycopy(statistics, tensor.offset(), numbers, 0, numbers.length);
    return numbers;
  }

  /**
   * A matrix [out, in] with its inputs as rows.
   *
   * @param matrix row-major
   * @param step floats from one row of the result to the next
   * @return [in, step]
   */
  static float[] transposed(float[] matrix, int out, int step) {
    int in = matrix.length / out;
    float[] rows = new float[in * step];
    for (int o = 0; o < out; o++) {
      for (int i = 0; i < in; i++) {
        rows[i * step + o] = matrix[o * in + i];
      }
    }
    return rows;
  }
}

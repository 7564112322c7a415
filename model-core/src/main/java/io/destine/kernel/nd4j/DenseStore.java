package io.destine.kernel.nd4j;

import io.destine.config.Precision;
import io.destine.param.GradientSink;
import io.destine.param.ParameterLayout;
import io.destine.param.Parameters;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The dense tensors in native memory and, beside them, their gradients, each in one flat array in
 * the layout's order. Tensors are views of them. Values are copied once per version of the
 * parameters. The memory is freed when the kernel is collected.
 */
final class DenseStore {
  private final ParameterLayout layout;
  private final Precision precision;
  private final INDArray values;
  private final INDArray gradients;
  private final Ones ones;
  private final HostArray host;
  private Parameters loaded;
  private long version;

  DenseStore(ParameterLayout layout, Precision precision) {
    this.layout = layout;
    this.precision = precision;
    DataType type = HostArray.type(precision);
    values = Nd4j.zeros(type, layout.denseSize());
    gradients = Nd4j.zeros(type, layout.denseSize());
    ones = new Ones(type);
    host = HostArray.of(precision);
    host.reserve(layout.denseSize());
  }

  /**
   * Copies the values unless they are here already.
   *
   * @throws IllegalArgumentException when the parameters have another precision or layout
   */
  void load(Parameters parameters) {
    if (parameters == loaded && parameters.version() == version) {
      return;
    }
    parameters.requireFor(layout, precision);
    // Read before the copy: values that change meanwhile are then copied again by the next call.
    long copied = parameters.version();
    double[] dense = parameters.dense();
    for (int i = 0; i < dense.length; i++) {
      host.set(i, dense[i]);
    }
    host.store(values, dense.length);
    loaded = parameters;
    version = copied;
  }

  /** Sets all gradients to zero. */
  void clearGradients() {
    gradients.assign(0);
  }

  /** Adds all gradients to {@code sink}. */
  void addTo(GradientSink sink) {
    host.load(gradients, layout.denseSize());
    host.addDense(sink, layout.denseSize());
  }

  /** True when the network has a tensor of that name. */
  boolean has(String name) {
    return layout.has(name);
  }

  /** A tensor as a matrix [out, in]; a vector [n] as [n, 1]. */
  RowMajorMatrix matrix(String name) {
    return matrix(name, values);
  }

  /** The gradient of {@link #matrix}. */
  RowMajorMatrix matrixGradient(String name) {
    return matrix(name, gradients);
  }

  /** A vector tensor as a line [1, n]. */
  RowMajorMatrix line(String name) {
    return line(name, values);
  }

  /** The gradient of {@link #line}. */
  RowMajorMatrix lineGradient(String name) {
    return line(name, gradients);
  }

  /** The matrix [n, 1] of ones. */
  RowMajorMatrix ones(long n) {
    return ones.column(n);
  }

  private RowMajorMatrix matrix(String name, INDArray of) {
    ParameterLayout.Tensor tensor = layout.tensor(name);
    int out = tensor.shape().get(0);
    return RowMajorMatrix.over(of.data(), tensor.offset(), out, tensor.size() / out);
  }

  private RowMajorMatrix line(String name, INDArray of) {
    ParameterLayout.Tensor tensor = layout.tensor(name);
    return RowMajorMatrix.over(of.data(), tensor.offset(), 1, tensor.size());
  }
}

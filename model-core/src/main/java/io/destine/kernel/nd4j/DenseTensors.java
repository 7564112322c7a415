package io.destine.kernel.nd4j;

import io.destine.config.Precision;
import io.destine.param.GradientSink;
import io.destine.param.ParameterLayout;
import io.destine.param.Parameters;
import java.util.HashMap;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The dense tensors by name, and the statistics of batch normalization, both running statistics and
 * those of a training pass.
 */
final class DenseTensors {

  /** Values, and the sum of their gradients over passes, of the same shape. */
  record Tensor(INDArray value, INDArray gradient) {
    private static Tensor zeros(DataType type, long... shape) {
      return new Tensor(Nd4j.zeros(type, shape), Nd4j.zeros(type, shape));
    }

    private Tensor line() {
      return new Tensor(value.reshape(1, -1), gradient.reshape(1, -1));
    }
  }

  private final ParameterLayout layout;
  private final Precision precision;
  private final Map<String, Tensor> tensors = new HashMap<>();
  private final double[] observed;
  private double[] running;

  DenseTensors(ParameterLayout layout, Precision precision) {
    this.layout = layout;
    this.precision = precision;
    observed = new double[layout.statisticsSize()];
    for (ParameterLayout.Tensor tensor : layout.tensors()) {
      int out = tensor.shape().get(0);
      tensors.put(tensor.name(), Tensor.zeros(type(), out, tensor.size() / out));
    }
  }

  DataType type() {
    return Tensors.type(precision);
  }

  /**
   * Copies the values of parameters, and sets gradients to zero.
   *
   * @throws IllegalArgumentException when they have another precision or layout
   */
  void load(Parameters parameters) {
    parameters.requireFor(layout, precision);
    for (ParameterLayout.Tensor tensor : layout.tensors()) {
      Tensors.write(parameters.dense(), tensor.offset(), matrix(tensor.name()).value());
      matrix(tensor.name()).gradient().assign(0);
    }
    running = parameters.statistics();
  }

  /** Adds all gradients to {@code sink}. */
  void addGradientsTo(GradientSink sink) {
    for (ParameterLayout.Tensor tensor : layout.tensors()) {
      double[] gradient = Tensors.read(matrix(tensor.name()).gradient());
      sink.addDense(tensor.offset(), gradient, 0, tensor.size());
    }
  }

  /** True when the network has a tensor of that name. */
  boolean has(String name) {
    return tensors.containsKey(name);
  }

  /** A tensor as a matrix [out, in]; a vector [n] as [n, 1]. */
  Tensor matrix(String name) {
    return tensors.get(name);
  }

  /** A vector tensor as a line [1, n]. */
  Tensor line(String name) {
    return tensors.get(name).line();
  }

  /** A running statistic as a new line [1, n]. */
  INDArray running(String name) {
    ParameterLayout.Tensor statistic = layout.statistic(name);
    INDArray line = Nd4j.createUninitialized(type(), 1, statistic.size());
    Tensors.write(running, statistic.offset(), line);
    return line;
  }

  /**
   * Records a statistic [1, n] of a training pass.
   *
   * @param factor of the values, before they are multiplied by {@code rows}
   */
  void observe(String name, INDArray values, double factor, int rows) {
    int at = layout.statistic(name).offset();
    for (double value : Tensors.read(values)) {
      observed[at++] = value * factor * rows;
    }
  }

  /** Adds the statistics of the last training pass to {@code sink}, if the network has any. */
  void addStatisticsTo(GradientSink sink) {
    if (observed.length > 0) {
      sink.addStatistics(observed);
    }
  }
}

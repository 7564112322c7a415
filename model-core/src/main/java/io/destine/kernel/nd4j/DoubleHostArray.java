package io.destine.kernel.nd4j;

import io.destine.param.DoubleTable;
import io.destine.param.GradientSink;
import io.destine.param.ParameterTable;
import java.util.Arrays;
import org.bytedeco.javacpp.DoublePointer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A {@link HostArray} of doubles. */
final class DoubleHostArray extends HostArray {
  private double[] values = new double[0];

  @Override
  void reserve(int n) {
    if (values.length < n) {
      values = new double[n];
    }
  }

  @Override
  void clear(int n) {
    Arrays.fill(values, 0, n, 0);
  }

  @Override
  double get(int at) {
    return values[at];
  }

  @Override
  void set(int at, double value) {
    values[at] = value;
  }

  @Override
  void add(int at, double value) {
    values[at] += value;
  }

  @Override
  void read(ParameterTable table, int id, int at) {
    DoubleTable doubles = (DoubleTable) table;
    System.arraycopy(doubles.chunk(id), doubles.offset(id), values, at, doubles.width());
  }

  @Override
  void store(INDArray into, int n) {
    new DoublePointer(into.data().addressPointer()).put(values, 0, n);
  }

  @Override
  void load(INDArray from, int n) {
    new DoublePointer(from.data().addressPointer()).get(values, 0, n);
  }

  @Override
  void addEmbedding(GradientSink sink, int id, int at) {
    sink.addEmbedding(id, values, at);
  }

  @Override
  void addDense(GradientSink sink, int n) {
    sink.addDense(0, values, 0, n);
  }
}

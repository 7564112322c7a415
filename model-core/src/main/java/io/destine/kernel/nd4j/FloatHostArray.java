package io.destine.kernel.nd4j;

import io.destine.param.FloatTable;
import io.destine.param.GradientSink;
import io.destine.param.ParameterTable;
import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A {@link HostArray} of floats. */
final class FloatHostArray extends HostArray {
  private float[] values = new float[0];

  @Override
  void reserve(int n) {
    if (values.length < n) {
      values = new float[n];
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
    values[at] = (float) value;
  }

  @Override
  void add(int at, double value) {
    values[at] += (float) value;
  }

  @Override
  void read(ParameterTable table, int id, int at) {
    FloatTable floats = (FloatTable) table;
    System.arraycopy(floats.chunk(id), floats.offset(id), values, at, floats.width());
  }

  @Override
  void store(INDArray into, int n) {
    new FloatPointer(into.data().addressPointer()).put(values, 0, n);
  }

  @Override
  void load(INDArray from, int n) {
    new FloatPointer(from.data().addressPointer()).get(values, 0, n);
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

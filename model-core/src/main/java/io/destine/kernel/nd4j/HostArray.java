package io.destine.kernel.nd4j;

import io.destine.config.Precision;
import io.destine.param.GradientSink;
import io.destine.param.ParameterTable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Numbers on the heap, at the kernel's precision, on their way between Java arrays and native
 * memory. Grows on demand and keeps its memory.
 */
abstract sealed class HostArray permits FloatHostArray, DoubleHostArray {

  static HostArray of(Precision precision) {
    return precision == Precision.FLOAT32 ? new FloatHostArray() : new DoubleHostArray();
  }

  static DataType type(Precision precision) {
    return precision == Precision.FLOAT32 ? DataType.FLOAT : DataType.DOUBLE;
  }

  /** Makes room for n numbers; contents are undefined afterwards. */
  abstract void reserve(int n);

  /** Sets the first n numbers to 0. */
  abstract void clear(int n);

  abstract double get(int at);

  abstract void set(int at, double value);

  /** Adds to one number. */
  abstract void add(int at, double value);

  /** Copies row {@code id} of a table of this precision to {@code at}. */
  abstract void read(ParameterTable table, int id, int at);

  /** Copies the first n numbers to a contiguous array of n. */
  abstract void store(INDArray into, int n);

  /** Copies the n numbers of a contiguous array to the start. */
  abstract void load(INDArray from, int n);

  /** Adds the d numbers from {@code at} on to the gradient of an embedding. */
  abstract void addEmbedding(GradientSink sink, int id, int at);

  /** Adds the first n numbers to the dense gradient. */
  abstract void addDense(GradientSink sink, int n);
}

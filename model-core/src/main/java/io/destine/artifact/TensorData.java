package io.destine.artifact;

import java.io.IOException;
import java.util.List;

/** A tensor to be written: its header entry, and its elements, row-major. */
sealed interface TensorData permits ArrayTensor, TableTensor {
  String name();

  DataType type();

  List<Long> shape();

  /** Writes all elements. */
  void write(TensorOutput out) throws IOException;

  /** Bytes of all elements. */
  default long bytes() {
    return shape().stream().reduce((long) type().bytes(), Math::multiplyExact);
  }
}

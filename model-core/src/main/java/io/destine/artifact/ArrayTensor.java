package io.destine.artifact;

import java.io.IOException;
import java.util.List;

/** A tensor whose elements are part of an array of its type, from index {@code at} on. */
record ArrayTensor(String name, DataType type, List<Long> shape, Object array, int at)
    implements TensorData {

  /** A vector of the first n elements of an array. */
  static ArrayTensor vector(String name, DataType type, Object array, int n) {
    return new ArrayTensor(name, type, List.of((long) n), array, 0);
  }

  /**
   * Doubles, or floats stored as doubles if the type is {@link DataType#F32}, from index {@code at}
   * on.
   *
   * @throws IllegalStateException when a number is not exactly a float
   */
  static ArrayTensor ofDoubles(
      String name, DataType type, List<Long> shape, double[] values, int at) {
    ArrayTensor doubles = new ArrayTensor(name, DataType.F64, shape, values, at);
    if (type == DataType.F64) {
      return doubles;
    }
    float[] narrow = new float[doubles.count()];
    for (int i = 0; i < narrow.length; i++) {
      narrow[i] = (float) values[at + i];
      if (Double.compare(narrow[i], values[at + i]) != 0) {
        throw new IllegalStateException(
            name + ": element " + i + " must be a float32 number, got " + values[at + i]);
      }
    }
    return new ArrayTensor(name, DataType.F32, shape, narrow, 0);
  }

  private int count() {
    return Math.toIntExact(bytes() / type.bytes());
  }

  @Override
  public void write(TensorOutput out) throws IOException {
    out.write(type, array, at, count());
  }
}

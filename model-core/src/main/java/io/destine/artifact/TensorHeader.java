package io.destine.artifact;

import java.util.List;

/**
 * The entry of one tensor in a safetensors header.
 *
 * @param begin offset of its first byte in the data part
 * @param end offset after its last byte
 */
record TensorHeader(String name, DataType type, List<Long> shape, long begin, long end) {
  TensorHeader {
    shape = List.copyOf(shape);
  }

  /**
   * Checks type and shape.
   *
   * @throws ModelFormatException when they differ
   */
  void require(DataType expectedType, List<Long> expectedShape) {
    if (type != expectedType || !shape.equals(expectedShape)) {
      throw new ModelFormatException(
          "tensor " + name + " must be " + expectedType + expectedShape + ", got " + type + shape);
    }
  }

  long bytes() {
    return end - begin;
  }
}

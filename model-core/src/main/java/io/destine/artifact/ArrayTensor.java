package io.destine.artifact;

import java.io.IOException;
import java.util.List;

/** A tensor of one dimension: the first {@code count} elements of an array of primitives. */
record ArrayTensor(String name, DataType type, Object array, int count) implements TensorData {
  @Override
  public List<Long> shape() {
    return List.of((long) count);
  }

  @Override
  public void write(TensorOutput out) throws IOException {
    TensorOutput.Elements elements =
        switch (type) {
          case I64 -> (into, at, n) -> into.asLongBuffer().put((long[]) array, at, n);
          case I32 -> (into, at, n) -> into.asIntBuffer().put((int[]) array, at, n);
          case I16 -> (into, at, n) -> into.asShortBuffer().put((short[]) array, at, n);
          case U8 -> (into, at, n) -> into.put((byte[]) array, at, n);
          case F32, F64 -> throw new IllegalStateException("floats are written as FlatTensor");
        };
    out.write(type.bytes(), count, elements);
  }
}

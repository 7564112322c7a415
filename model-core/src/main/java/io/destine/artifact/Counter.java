package io.destine.artifact;

import java.io.IOException;
import java.util.List;

/** One integer, a tensor of no dimensions. */
record Counter(String name, long value) implements TensorData {
  @Override
  public DataType type() {
    return DataType.I64;
  }

  @Override
  public List<Long> shape() {
    return List.of();
  }

  @Override
  public void write(TensorOutput out) throws IOException {
    out.writeLong(value);
  }
}

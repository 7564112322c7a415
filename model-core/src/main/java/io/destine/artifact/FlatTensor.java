package io.destine.artifact;

import java.io.IOException;
import java.util.List;

/** A tensor that is a stretch of a flat array; at float32 each number must be a float. */
record FlatTensor(String name, DataType type, List<Long> shape, double[] values, int offset)
    implements TensorData {
  @Override
  public void write(TensorOutput out) throws IOException {
    int count = Math.toIntExact(bytes() / type.bytes());
    if (type == DataType.F32) {
      out.writeAsFloats(name, values, offset, count);
    } else {
      out.writeDoubles(values, offset, count);
    }
  }
}

package io.destine.artifact;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Writes numbers little-endian through one small buffer. Does not close its stream. */
final class TensorOutput {
  private final OutputStream out;
  private final ByteBuffer buffer = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);

  TensorOutput(OutputStream out) {
    this.out = out;
  }

  /** Writes {@code count} elements of an array of the given type, from {@code at} on. */
  void write(DataType type, Object array, int at, int count) throws IOException {
    write(type.bytes(), count, (into, done, n) -> type.put(array, at + done, n, into));
  }

  /** Writes elements of a little-endian view of bytes. */
  void write(int elementBytes, int count, Elements elements) throws IOException {
    int step = buffer.capacity() / elementBytes;
    for (int done = 0; done < count; done += step) {
      int n = Math.min(step, count - done);
      buffer.clear();
      elements.put(buffer, done, n);
      out.write(buffer.array(), 0, n * elementBytes);
    }
  }

  /** Puts {@code count} elements from {@code at} on into a buffer, from its beginning. */
  @FunctionalInterface
  interface Elements {
    void put(ByteBuffer into, int at, int count);
  }
}

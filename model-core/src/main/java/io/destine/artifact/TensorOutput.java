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

  void writeFloats(float[] values, int at, int count) throws IOException {
    int step = buffer.capacity() / Float.BYTES;
    for (int done = 0; done < count; done += step) {
      int n = Math.min(step, count - done);
      buffer.asFloatBuffer().put(values, at + done, n);
      out.write(buffer.array(), 0, n * Float.BYTES);
    }
  }

  void writeDoubles(double[] values, int at, int count) throws IOException {
    int step = buffer.capacity() / Double.BYTES;
    for (int done = 0; done < count; done += step) {
      int n = Math.min(step, count - done);
      buffer.asDoubleBuffer().put(values, at + done, n);
      out.write(buffer.array(), 0, n * Double.BYTES);
    }
  }

  /**
   * Writes doubles that hold floats.
   *
   * @throws IllegalStateException when one would lose bits, naming {@code where}
   */
  void writeAsFloats(String where, double[] values, int at, int count) throws IOException {
    float[] narrow = new float[count];
    for (int i = 0; i < count; i++) {
      narrow[i] = (float) values[at + i];
      if (Double.compare(narrow[i], values[at + i]) != 0) {
        throw new IllegalStateException(
            where + ": element " + i + " must be a float32 number, got " + values[at + i]);
      }
    }
    writeFloats(narrow, 0, count);
  }

  void writeLong(long value) throws IOException {
    buffer.putLong(0, value);
    out.write(buffer.array(), 0, Long.BYTES);
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

package io.destine.artifact;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Reads little-endian numbers through one small buffer. Does not close its stream. */
final class TensorInput {
  /** Elements for which memory is allocated before any has been read. */
  private static final int TRUSTED = 1 << 16;

  private static final int LONGEST = Integer.MAX_VALUE - 8;

  private final InputStream in;
  private final ByteBuffer buffer = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
  private long position;

  TensorInput(InputStream in) {
    this.in = in;
  }

  /** Bytes read so far. */
  long position() {
    return position;
  }

  /** Sets {@code count} elements of an array of the given type, from {@code at} on. */
  void read(DataType type, Object array, int at, int count) throws IOException {
    int step = buffer.capacity() / type.bytes();
    for (int done = 0; done < count; done += step) {
      int n = Math.min(step, count - done);
      fill(n * type.bytes());
      type.get(buffer, array, at + done, n);
    }
  }

  long readLong() throws IOException {
    fill(Long.BYTES);
    return buffer.getLong(0);
  }

  /**
   * All elements of a tensor, as an array of its type. Memory grows as elements are read; the
   * length in the header is not trusted.
   */
  Object array(TensorHeader tensor) throws IOException {
    long count = tensor.bytes() / tensor.type().bytes();
    if (count > LONGEST) {
      throw new ModelFormatException(
          "tensor " + tensor.name() + " must have at most " + LONGEST + " elements, got " + count);
    }
    int length = (int) Math.min(count, TRUSTED);
    Object array = tensor.type().array(length);
    read(tensor.type(), array, 0, length);
    while (length < count) {
      int done = length;
      length = (int) Math.min(count, 2L * done);
      Object longer = tensor.type().array(length);
      System.arraycopy(array, 0, longer, 0, done);
      read(tensor.type(), longer, done, length - done);
      array = longer;
    }
    return array;
  }

  byte[] readBytes(int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    position += bytes.length;
    if (bytes.length < count) {
      throw new EOFException("the file ends " + (count - bytes.length) + " bytes early");
    }
    return bytes;
  }

  void skip(long count) throws IOException {
    in.skipNBytes(count);
    position += count;
  }

  /** True when no byte is left. */
  boolean atEnd() throws IOException {
    return in.read() < 0;
  }

  private void fill(int count) throws IOException {
    int n = in.readNBytes(buffer.array(), 0, count);
    position += n;
    if (n < count) {
      throw new EOFException("the file ends " + (count - n) + " bytes early");
    }
  }
}

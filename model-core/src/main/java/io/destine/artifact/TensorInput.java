package io.destine.artifact;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Reads little-endian numbers through one small buffer. Does not close its stream. */
final class TensorInput {
  /** Elements for which memory is taken before any has been read. */
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

  void readFloats(float[] into, int at, int count) throws IOException {
    int step = buffer.capacity() / Float.BYTES;
    for (int done = 0; done < count; done += step) {
      int n = Math.min(step, count - done);
      fill(n * Float.BYTES);
      buffer.asFloatBuffer().get(into, at + done, n);
    }
  }

  void readDoubles(double[] into, int at, int count) throws IOException {
    int step = buffer.capacity() / Double.BYTES;
    for (int done = 0; done < count; done += step) {
      int n = Math.min(step, count - done);
      fill(n * Double.BYTES);
      buffer.asDoubleBuffer().get(into, at + done, n);
    }
  }

  long readLong() throws IOException {
    fill(Long.BYTES);
    return buffer.getLong(0);
  }

  /**
   * All elements of a tensor, as an array of its type. Memory grows with what the stream holds, not
   * with what the header says.
   */
  Object array(TensorHeader tensor) throws IOException {
    int size = tensor.type().bytes();
    long count = tensor.bytes() / size;
    if (count > LONGEST) {
      throw new ModelFormatException(
          "tensor " + tensor.name() + " must have at most " + LONGEST + " elements, got " + count);
    }
    int length = (int) Math.min(count, TRUSTED);
    Object array = tensor.type().array(length);
    for (int done = 0, n; done < count; done += n) {
      if (done == length) {
        length = (int) Math.min(count, 2L * length);
        Object longer = tensor.type().array(length);
        System.arraycopy(array, 0, longer, 0, done);
        array = longer;
      }
      n = Math.min(buffer.capacity() / size, length - done);
      fill(n * size);
      take(array, done, n);
    }
    return array;
  }

  private void take(Object array, int at, int n) {
    if (array instanceof float[] floats) {
      buffer.asFloatBuffer().get(floats, at, n);
    } else if (array instanceof double[] doubles) {
      buffer.asDoubleBuffer().get(doubles, at, n);
    } else if (array instanceof long[] longs) {
      buffer.asLongBuffer().get(longs, at, n);
    } else if (array instanceof int[] ints) {
      buffer.asIntBuffer().get(ints, at, n);
    } else if (array instanceof short[] shorts) {
      buffer.asShortBuffer().get(shorts, at, n);
    } else {
      buffer.get(0, (byte[]) array, at, n);
    }
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

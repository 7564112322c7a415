package io.destine.artifact;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Reads little-endian numbers through one small buffer. Does not close its stream. */
final class TensorInput {
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

  /** Reads floats into doubles. */
  void readFloatsWide(double[] into, int at, int count) throws IOException {
    float[] narrow = new float[count];
    readFloats(narrow, 0, count);
    for (int i = 0; i < count; i++) {
      into[at + i] = narrow[i];
    }
  }

  long readLong() throws IOException {
    fill(Long.BYTES);
    return buffer.getLong(0);
  }

  void readLongs(long[] into) throws IOException {
    int step = buffer.capacity() / Long.BYTES;
    for (int done = 0; done < into.length; done += step) {
      int n = Math.min(step, into.length - done);
      fill(n * Long.BYTES);
      buffer.asLongBuffer().get(into, done, n);
    }
  }

  void readInts(int[] into) throws IOException {
    int step = buffer.capacity() / Integer.BYTES;
    for (int done = 0; done < into.length; done += step) {
      int n = Math.min(step, into.length - done);
      fill(n * Integer.BYTES);
      buffer.asIntBuffer().get(into, done, n);
    }
  }

  void readShorts(short[] into) throws IOException {
    int step = buffer.capacity() / Short.BYTES;
    for (int done = 0; done < into.length; done += step) {
      int n = Math.min(step, into.length - done);
      fill(n * Short.BYTES);
      buffer.asShortBuffer().get(into, done, n);
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

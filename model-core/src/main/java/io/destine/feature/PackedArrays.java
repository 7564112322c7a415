package io.destine.feature;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Arrays of primitives on a stream: the length, -1 for null, then the elements as little-endian
 * blocks. Much faster than element-wise writes of an object stream.
 */
public final class PackedArrays {
  private static final int BLOCK_BYTES = 1 << 16;

  private final DataOutput out;
  private byte[] block;

  /** A writer to the given stream. */
  public PackedArrays(DataOutput out) {
    this.out = out;
  }

  /** Writes an array or null. */
  public void write(int[] values) throws IOException {
    if (length(values == null ? -1 : values.length)) {
      for (int at = 0; at < values.length; at += BLOCK_BYTES / 4) {
        int n = Math.min(BLOCK_BYTES / 4, values.length - at);
        buffer().asIntBuffer().put(values, at, n);
        out.write(block, 0, 4 * n);
      }
    }
  }

  /** Writes an array or null. */
  public void write(float[] values) throws IOException {
    if (length(values == null ? -1 : values.length)) {
      for (int at = 0; at < values.length; at += BLOCK_BYTES / 4) {
        int n = Math.min(BLOCK_BYTES / 4, values.length - at);
        buffer().asFloatBuffer().put(values, at, n);
        out.write(block, 0, 4 * n);
      }
    }
  }

  /** Writes an array or null. */
  public void write(long[] values) throws IOException {
    if (values == null) {
      length(-1);
    } else {
      write(values, values.length);
    }
  }

  /** Writes the first {@code count} elements. */
  public void write(long[] values, int count) throws IOException {
    if (length(count)) {
      for (int at = 0; at < count; at += BLOCK_BYTES / 8) {
        int n = Math.min(BLOCK_BYTES / 8, count - at);
        buffer().asLongBuffer().put(values, at, n);
        out.write(block, 0, 8 * n);
      }
    }
  }

  /** Writes an array or null. */
  public void write(double[] values) throws IOException {
    if (length(values == null ? -1 : values.length)) {
      for (int at = 0; at < values.length; at += BLOCK_BYTES / 8) {
        int n = Math.min(BLOCK_BYTES / 8, values.length - at);
        buffer().asDoubleBuffer().put(values, at, n);
        out.write(block, 0, 8 * n);
      }
    }
  }

  private boolean length(int length) throws IOException {
    out.writeInt(length);
    return length > 0;
  }

  private ByteBuffer buffer() {
    if (block == null) {
      block = new byte[BLOCK_BYTES];
    }
    return ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Reads what {@link #write(int[])} wrote. */
  public static int[] readInts(DataInput in) throws IOException {
    int length = in.readInt();
    if (length < 0) {
      return null;
    }
    int[] values = new int[length];
    byte[] block = new byte[(int) Math.min(BLOCK_BYTES, 4L * length)];
    for (int at = 0; at < length; at += BLOCK_BYTES / 4) {
      int n = Math.min(BLOCK_BYTES / 4, length - at);
      block(in, block, 4 * n).asIntBuffer().get(values, at, n);
    }
    return values;
  }

  /** Reads what {@link #write(float[])} wrote. */
  public static float[] readFloats(DataInput in) throws IOException {
    int length = in.readInt();
    if (length < 0) {
      return null;
    }
    float[] values = new float[length];
    byte[] block = new byte[(int) Math.min(BLOCK_BYTES, 4L * length)];
    for (int at = 0; at < length; at += BLOCK_BYTES / 4) {
      int n = Math.min(BLOCK_BYTES / 4, length - at);
      block(in, block, 4 * n).asFloatBuffer().get(values, at, n);
    }
    return values;
  }

  /** Reads what {@link #write(long[])} wrote. */
  public static long[] readLongs(DataInput in) throws IOException {
    int length = in.readInt();
    if (length < 0) {
      return null;
    }
    long[] values = new long[length];
    byte[] block = new byte[(int) Math.min(BLOCK_BYTES, 8L * length)];
    for (int at = 0; at < length; at += BLOCK_BYTES / 8) {
      int n = Math.min(BLOCK_BYTES / 8, length - at);
      block(in, block, 8 * n).asLongBuffer().get(values, at, n);
    }
    return values;
  }

  /** Reads what {@link #write(double[])} wrote. */
  public static double[] readDoubles(DataInput in) throws IOException {
    int length = in.readInt();
    if (length < 0) {
      return null;
    }
    double[] values = new double[length];
    byte[] block = new byte[(int) Math.min(BLOCK_BYTES, 8L * length)];
    for (int at = 0; at < length; at += BLOCK_BYTES / 8) {
      int n = Math.min(BLOCK_BYTES / 8, length - at);
      block(in, block, 8 * n).asDoubleBuffer().get(values, at, n);
    }
    return values;
  }

  private static ByteBuffer block(DataInput in, byte[] block, int bytes) throws IOException {
    in.readFully(block, 0, bytes);
    return ByteBuffer.wrap(block, 0, bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}

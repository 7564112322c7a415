package io.destine.feature;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.IntFunction;

/**
 * Writes and reads arrays of primitives: the length, -1 for null, then the elements as
 * little-endian blocks. Much faster than writing single elements to an object stream.
 */
public final class PackedArrays {
  private static final int BLOCK_BYTES = 1 << 16;

  private final DataOutput out;
  private byte[] block;

  /** Copies n elements of an array, from the given one on, to or from the beginning of a block. */
  private interface Copy<A> {
    void run(ByteBuffer block, A values, int at, int n);
  }

  /** A writer to the given stream. */
  public PackedArrays(DataOutput out) {
    this.out = out;
  }

  /** Writes an array or null. */
  public void write(int[] values) throws IOException {
    write(
        values,
        values == null ? -1 : values.length,
        Integer.BYTES,
        (block, v, at, n) -> block.asIntBuffer().put(v, at, n));
  }

  /** Writes an array or null. */
  public void write(float[] values) throws IOException {
    write(
        values,
        values == null ? -1 : values.length,
        Float.BYTES,
        (block, v, at, n) -> block.asFloatBuffer().put(v, at, n));
  }

  /** Writes an array or null. */
  public void write(long[] values) throws IOException {
    write(values, values == null ? -1 : values.length);
  }

  /** Writes the first {@code count} elements. */
  public void write(long[] values, int count) throws IOException {
    write(values, count, Long.BYTES, (block, v, at, n) -> block.asLongBuffer().put(v, at, n));
  }

  /** Writes an array or null. */
  public void write(double[] values) throws IOException {
    write(
        values,
        values == null ? -1 : values.length,
        Double.BYTES,
        (block, v, at, n) -> block.asDoubleBuffer().put(v, at, n));
  }

  private <A> void write(A values, int length, int width, Copy<A> put) throws IOException {
    out.writeInt(length);
    if (length > 0 && block == null) {
      block = new byte[BLOCK_BYTES];
    }
    int step = BLOCK_BYTES / width;
    for (int at = 0; at < length; at += step) {
      int n = Math.min(step, length - at);
      put.run(ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN), values, at, n);
      out.write(block, 0, width * n);
    }
  }

  /** Reads an array that {@link #write(int[])} wrote. */
  public static int[] readInts(DataInput in) throws IOException {
    return read(
        in, Integer.BYTES, int[]::new, (block, v, at, n) -> block.asIntBuffer().get(v, at, n));
  }

  /** Reads an array that {@link #write(float[])} wrote. */
  public static float[] readFloats(DataInput in) throws IOException {
    return read(
        in, Float.BYTES, float[]::new, (block, v, at, n) -> block.asFloatBuffer().get(v, at, n));
  }

  /** Reads an array that {@link #write(long[])} wrote. */
  public static long[] readLongs(DataInput in) throws IOException {
    return read(
        in, Long.BYTES, long[]::new, (block, v, at, n) -> block.asLongBuffer().get(v, at, n));
  }

  /** Reads an array that {@link #write(double[])} wrote. */
  public static double[] readDoubles(DataInput in) throws IOException {
    return read(
        in, Double.BYTES, double[]::new, (block, v, at, n) -> block.asDoubleBuffer().get(v, at, n));
  }

  private static <A> A read(DataInput in, int width, IntFunction<A> array, Copy<A> get)
      throws IOException {
    int length = in.readInt();
    if (length < 0) {
      return null;
    }
    A values = array.apply(length);
    int step = BLOCK_BYTES / width;
    byte[] block = new byte[width * Math.min(step, length)];
    ByteBuffer buffer = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = 0; at < length; at += step) {
      int n = Math.min(step, length - at);
      in.readFully(block, 0, width * n);
      get.run(buffer, values, at, n);
    }
    return values;
  }
}

package io.destine.onnx;

import java.io.OutputStream;

/** Collects a known number of bytes in one array, which is not copied. */
final class FixedBytes extends OutputStream {
  private final byte[] array;
  private int count;

  FixedBytes(int length) {
    array = new byte[length];
  }

  @Override
  public void write(int b) {
    array[count++] = (byte) b;
  }

  @Override
  public void write(byte[] from, int at, int length) {
    System.arraycopy(from, at, array, count, length);
    count += length;
  }

  /** The bytes, after all of them have been written. */
  byte[] array() {
    if (count != array.length) {
      throw new IllegalStateException("bytes must be " + array.length + ", got " + count);
    }
    return array;
  }
}

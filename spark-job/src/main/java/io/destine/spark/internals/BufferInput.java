package io.destine.spark.internals;

import java.io.InputStream;
import java.nio.ByteBuffer;

/** The bytes of a message as a stream. One thread. */
public final class BufferInput extends InputStream {
  private final ByteBuffer buffer;

  /** A stream of the remaining bytes of a buffer. */
  public BufferInput(ByteBuffer buffer) {
    this.buffer = buffer;
  }

  @Override
  public int read() {
    return buffer.hasRemaining() ? buffer.get() & 0xFF : -1;
  }

  @Override
  public int read(byte[] into, int from, int most) {
    if (!buffer.hasRemaining() && most > 0) {
      return -1;
    }
    int n = Math.min(most, buffer.remaining());
    buffer.get(into, from, n);
    return n;
  }

  @Override
  public int available() {
    return buffer.remaining();
  }
}

package io.destine.spark.internals;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** A stream that becomes a message. One thread. */
public final class BufferOutput extends ByteArrayOutputStream {

  /** A stream with room for this number of bytes before it grows. */
  public BufferOutput(int expected) {
    super(expected);
  }

  /** The written bytes, shared. */
  public ByteBuffer buffer() {
    return ByteBuffer.wrap(buf, 0, count);
  }
}

package io.destine.spark.encode;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Packs numbers and bytes into one array, to be sent from task to task. One thread. */
final class PacketWriter {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private byte[] bytes = new byte[256];
  private int at;

  private void room(int more) {
    if (bytes.length - at < more) {
      long longer = Math.max(at + (long) more, 2L * bytes.length);
      if (at + (long) more > Integer.MAX_VALUE - 8L) {
        throw new IllegalStateException(
            "a packet must have at most 2147483639 bytes, got " + (at + (long) more));
      }
      bytes = Arrays.copyOf(bytes, (int) Math.min(longer, Integer.MAX_VALUE - 8L));
    }
  }

  /** Writes a non-negative number; small numbers take few bytes. */
  void number(long value) {
    room(10);
    long rest = value;
    while (rest >= 0x80) {
      bytes[at++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[at++] = (byte) rest;
  }

  /** Writes eight bytes. */
  void fixed(long value) {
    room(8);
    LONG.set(bytes, at, value);
    at += 8;
  }

  /** Writes four bytes. */
  void fixed(int value) {
    room(4);
    INT.set(bytes, at, value);
    at += 4;
  }

  /** Writes one byte. */
  void octet(int value) {
    room(1);
    bytes[at++] = (byte) value;
  }

  /** Writes the length of an array and its bytes. */
  void array(byte[] value, int from, int length) {
    number(length);
    room(length);
    System.arraycopy(value, from, bytes, at, length);
    at += length;
  }

  /** True if nothing has been written. */
  boolean isEmpty() {
    return at == 0;
  }

  /** The bytes so far. */
  byte[] toBytes() {
    return Arrays.copyOf(bytes, at);
  }
}

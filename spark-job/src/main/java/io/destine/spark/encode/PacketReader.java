package io.destine.spark.encode;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import scala.Tuple2;

/** Reads the data written by a {@link PacketWriter}, in the same order. One thread. */
final class PacketReader {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private final byte[] bytes;
  private int at;

  PacketReader(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * Readers of packets, by the chunk of the partition to which they belong.
   *
   * @param packets that begin with the ordinal of a chunk
   */
  static Map<Integer, List<PacketReader>> byOrdinal(Iterator<Tuple2<Integer, byte[]>> packets) {
    Map<Integer, List<PacketReader>> byOrdinal = new HashMap<>();
    while (packets.hasNext()) {
      PacketReader reader = new PacketReader(packets.next()._2());
      byOrdinal.computeIfAbsent(reader.integer(), key -> new ArrayList<>()).add(reader);
    }
    return byOrdinal;
  }

  /** The packet. */
  byte[] bytes() {
    return bytes;
  }

  boolean hasNext() {
    return at < bytes.length;
  }

  long number() {
    long value = 0;
    int shift = 0;
    while (bytes[at] < 0) {
      value |= (bytes[at++] & 0x7FL) << shift;
      shift += 7;
    }
    return value | (long) bytes[at++] << shift;
  }

  int integer() {
    return (int) number();
  }

  long fixedLong() {
    long value = (long) LONG.get(bytes, at);
    at += 8;
    return value;
  }

  int fixedInt() {
    int value = (int) INT.get(bytes, at);
    at += 4;
    return value;
  }

  int octet() {
    return bytes[at++];
  }

  /** Skips bytes written by {@link PacketWriter#array}; returns their start. */
  int array(int length) {
    int from = at;
    at += length;
    return from;
  }

  /** The position of the next number. */
  int position() {
    return at;
  }
}

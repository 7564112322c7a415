package io.destine.spark.tracking;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * TensorBoard's file of events: messages of the protocol buffer {@code Event}, each framed in
 * TFRecord format: with its length, and masked checksums (CRC-32C) of length and message. The first
 * event contains the version.
 */
final class EventFile implements Closeable {
  private static final int MASK = 0xa282ead8;

  /** Wire types of a protocol buffer. */
  private static final int VARINT = 0;

  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

  private final OutputStream out;

  EventFile(OutputStream out, long millis) throws IOException {
    this.out = out;
    Message event = new Message().number(1, millis / 1000.0);
    write(event.bytes(3, "brain.Event:2".getBytes(StandardCharsets.UTF_8)));
  }

  /** Adds scalars of a step, by tag. */
  void add(long millis, long step, Map<String, Double> scalars) throws IOException {
    Message summary = new Message();
    scalars.forEach(
        (tag, value) ->
            summary.bytes(
                1,
                new Message()
                    .bytes(1, tag.getBytes(StandardCharsets.UTF_8))
                    .number(2, value.floatValue())
                    .toBytes()));
    Message event = new Message().number(1, millis / 1000.0).whole(2, step);
    write(event.bytes(5, summary.toBytes()));
  }

  private void write(Message event) throws IOException {
    byte[] data = event.toBytes();
    ByteBuffer record =
        ByteBuffer.allocate(Long.BYTES + data.length + 2 * Integer.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    record.putLong(data.length);
    record.putInt(masked(record.array(), 0, Long.BYTES));
    record.put(data);
    record.putInt(masked(data, 0, data.length));
    out.write(record.array());
  }

  private static int masked(byte[] bytes, int from, int length) {
    CRC32C sum = new CRC32C();
    sum.update(bytes, from, length);
    return Integer.rotateRight((int) sum.getValue(), 15) + MASK;
  }

  @Override
  public void close() throws IOException {
    out.close();
  }

  /** Builds a message of a protocol buffer, field by field. */
  private static final class Message {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private Message key(int field, int kind) {
      return varint(field << 3 | kind);
    }

    private Message varint(long value) {
      long rest = value;
      for (; (rest & ~0x7fL) != 0; rest >>>= 7) {
        bytes.write((int) (rest & 0x7f | 0x80));
      }
      bytes.write((int) rest);
      return this;
    }

    private Message fixed(int length, long bits) {
      for (int n = 0; n < length; n++) {
        bytes.write((int) (bits >>> 8 * n));
      }
      return this;
    }

    Message whole(int field, long value) {
      return key(field, VARINT).varint(value);
    }

    Message number(int field, double value) {
      return key(field, FIXED64).fixed(Double.BYTES, Double.doubleToLongBits(value));
    }

    Message number(int field, float value) {
      return key(field, FIXED32).fixed(Float.BYTES, Float.floatToIntBits(value));
    }

    Message bytes(int field, byte[] value) {
      key(field, BYTES).varint(value.length);
      bytes.writeBytes(value);
      return this;
    }

    byte[] toBytes() {
      return bytes.toByteArray();
    }
  }
}

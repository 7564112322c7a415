package io.destine.spark.encode;

import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.spark.conf.UserError;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;
import java.util.zip.CRC32C;

/**
 * A block of rows as bytes, little-endian: the magic number, the block's number in its split, rows,
 * flags; then single ids column by column; row by row, the ends of the lists, the ids in the lists
 * and the dense numbers; labels, weights and groups. Ids of a column of single values are stored as
 * differences from its smallest id, in as many bytes as the largest difference needs, so a field
 * with few values takes one byte per row. The CRC-32C of all preceding bytes follows at the end.
 */
final class BlockFormat {
  private static final int MAGIC = 0x4B4C4244;
  private static final int HEAD_BYTES = 16;
  private static final int CHECK_BYTES = 4;

  /** Bytes of the longest array of a JVM. */
  private static final int MOST_BYTES = Integer.MAX_VALUE - 8;

  private static final int WEIGHTS = 1;
  private static final int GROUPS = 2;

  private BlockFormat() {}

  /**
   * The bytes of a block.
   *
   * @throws UserError if there are too many for an array
   */
  static byte[] write(EncodedBatch block, FieldLayout layout) {
    int rows = block.rows();
    int singles = layout.singles();
    int[] least = new int[singles];
    int[] width = new int[singles];
    long size = HEAD_BYTES + 5L * singles + CHECK_BYTES + rows;
    for (int c = 0; c < singles; c++) {
      int low = rows == 0 ? 0 : Integer.MAX_VALUE;
      int high = 0;
      for (int i = c; i < rows * singles; i += singles) {
        low = Math.min(low, block.ids()[i]);
        high = Math.max(high, block.ids()[i]);
      }
      least[c] = low;
      width[c] = (Integer.SIZE - Integer.numberOfLeadingZeros(high - low) + 7) / 8;
      size += (long) width[c] * rows;
    }
    size += 4L * (layout.multis() * (long) rows + block.multiIds().length + block.dense().length);
    size += block.weights() == null ? 0 : 4L * rows;
    size += block.groups() == null ? 0 : 8L * rows;
    if (size > MOST_BYTES) {
      throw new UserError(
          String.format(
              Locale.ROOT,
              "a block of %,d rows takes %,d bytes, and the limit is %,d: lower output.block-rows",
              rows,
              size,
              MOST_BYTES));
    }
    ByteBuffer out = ByteBuffer.allocate((int) size).order(ByteOrder.LITTLE_ENDIAN);
    int flags = (block.weights() == null ? 0 : WEIGHTS) | (block.groups() == null ? 0 : GROUPS);
    out.putInt(MAGIC).putInt(block.partition()).putInt(rows).putInt(flags);
    for (int c = 0; c < singles; c++) {
      out.putInt(least[c]).put((byte) width[c]);
      for (int i = c; i < rows * singles; i += singles) {
        int distance = block.ids()[i] - least[c];
        for (int b = 0; b < width[c]; b++) {
          out.put((byte) (distance >>> (8 * b)));
        }
      }
    }
    for (int i = 1; i < block.multiOffsets().length; i++) {
      out.putInt(block.multiOffsets()[i]);
    }
    for (int id : block.multiIds()) {
      out.putInt(id);
    }
    for (float number : block.dense()) {
      out.putFloat(number);
    }
    for (float label : block.labels()) {
      out.put((byte) label);
    }
    for (int n = 0; block.weights() != null && n < rows; n++) {
      out.putFloat(block.weights()[n]);
    }
    for (int n = 0; block.groups() != null && n < rows; n++) {
      out.putLong(block.groups()[n]);
    }
    return out.putInt(crc(out.array(), out.position())).array();
  }

  /**
   * Reads a block from the bytes of {@link #write}.
   *
   * @throws IllegalArgumentException if the bytes are not in this format
   */
  static EncodedBatch read(byte[] bytes, FieldLayout layout) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int end = bytes.length - CHECK_BYTES;
    if (end < HEAD_BYTES || in.getInt(0) != MAGIC || in.getInt(end) != crc(bytes, end)) {
      throw new IllegalArgumentException("a block of rows is damaged");
    }
    in.position(4);
    int number = in.getInt();
    int rows = in.getInt();
    int flags = in.getInt();
    if (rows < 0 || rows > end) {
      throw new IllegalArgumentException("a block of rows is damaged");
    }
    int[] ids = new int[Math.multiplyExact(rows, layout.singles())];
    for (int c = 0; c < layout.singles(); c++) {
      ids(in, ids, c, layout.singles());
    }
    int[] offsets = null;
    int[] multiIds = null;
    if (layout.multis() > 0) {
      offsets = new int[Math.multiplyExact(layout.multis(), rows) + 1];
      in.asIntBuffer().get(offsets, 1, offsets.length - 1);
      in.position(in.position() + 4 * (offsets.length - 1));
      multiIds = new int[offsets[offsets.length - 1]];
      in.asIntBuffer().get(multiIds);
      in.position(in.position() + 4 * multiIds.length);
    }
    float[] dense = null;
    if (layout.denseWidth() > 0) {
      dense = new float[Math.multiplyExact(layout.denseWidth(), rows)];
      in.asFloatBuffer().get(dense);
      in.position(in.position() + 4 * dense.length);
    }
    float[] labels = new float[rows];
    for (int n = 0; n < rows; n++) {
      labels[n] = in.get();
    }
    float[] weights = null;
    if ((flags & WEIGHTS) > 0) {
      weights = new float[rows];
      in.asFloatBuffer().get(weights);
      in.position(in.position() + 4 * rows);
    }
    long[] groups = null;
    if ((flags & GROUPS) > 0) {
      groups = new long[rows];
      in.asLongBuffer().get(groups);
      in.position(in.position() + 8 * rows);
    }
    if (in.position() != end) {
      throw new IllegalArgumentException("a block of rows has a different layout");
    }
    return new EncodedBatch(number, ids, offsets, multiIds, dense, labels, weights, groups, null);
  }

  private static void ids(ByteBuffer in, int[] ids, int column, int step) {
    int least = in.getInt();
    int width = in.get();
    byte[] bytes = in.array();
    int at = in.position();
    for (int i = column; i < ids.length; i += step) {
      int distance = 0;
      for (int b = 0; b < width; b++) {
        distance |= (bytes[at++] & 0xFF) << (8 * b);
      }
      ids[i] = least + distance;
    }
    in.position(at);
  }

  /** The CRC-32C at the end of a block's bytes. */
  static int check(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(bytes.length - CHECK_BYTES);
  }

  private static int crc(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }
}

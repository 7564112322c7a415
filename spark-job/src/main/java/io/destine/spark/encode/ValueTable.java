package io.destine.spark.encode;

import io.destine.feature.ByteHash;
import io.destine.feature.PackedArrays;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * The distinct values of a field in a chunk of rows, numbered from 0 in order of their first
 * appearance. Open addressing directly over the bytes, without an object per value. One thread.
 */
final class ValueTable {
  /** Bytes of a value in the arrays below, in addition to its text: offset, hash, two slots. */
  static final int VALUE_BYTES = 4 + 8 + 2 * 4;

  /** Bytes of a value just after all arrays have grown: two offsets and hashes, eight slots. */
  static final int GROWN_VALUE_BYTES = 2 * (4 + 8) + 8 * 4;

  private final long seed;
  private int count;
  private byte[] bytes = new byte[256];
  private int[] offsets = new int[17];
  private long[] hashes = new long[16];
  private int[] slots = new int[64];
  private int free;
  private boolean keyed;
  private long soughtHash;

  /** An empty table whose values are hashed with the given seed. */
  ValueTable(long seed) {
    this.seed = seed;
  }

  int count() {
    return count;
  }

  /** {@link ByteHash} of value i with the table's seed. */
  long hash(int i) {
    return hashes[i];
  }

  byte[] bytes() {
    return bytes;
  }

  int from(int i) {
    return offsets[i];
  }

  int length(int i) {
    return offsets[i + 1] - offsets[i];
  }

  /** Bytes of the arrays that grow with the values. */
  long heapBytes() {
    return bytes.length + 4L * offsets.length + 8L * hashes.length + 4L * slots.length;
  }

  /** The number of a value; -1 if it is not in the table. */
  int find(byte[] value, int from, int length) {
    soughtHash = ByteHash.of(seed, value, from, length);
    long slot = keyed ? ByteHash.of(SlotKey.KEY, value, from, length) : soughtHash;
    int probes = 0;
    for (int at = (int) slot & (slots.length - 1); ; at = (at + 1) & (slots.length - 1)) {
      if (probes++ == SlotKey.MOST_PROBES && !keyed) {
        keyed = true;
        fill(slots.length);
        return find(value, from, length);
      }
      int i = slots[at] - 1;
      if (i < 0) {
        free = at;
        return -1;
      }
      if (hashes[i] == soughtHash
          && Arrays.equals(bytes, offsets[i], offsets[i + 1], value, from, from + length)) {
        return i;
      }
    }
  }

  /** Adds the value that the last {@link #find} did not find; returns its number. */
  int addSought(byte[] value, int from, int length) {
    if (count == hashes.length) {
      hashes = Arrays.copyOf(hashes, 2 * count);
      offsets = Arrays.copyOf(offsets, 2 * count + 1);
    }
    int end = Math.addExact(offsets[count], length);
    if (end > bytes.length) {
      bytes =
          Arrays.copyOf(
              bytes, (int) Math.min(Integer.MAX_VALUE - 8L, Math.max(end, 2L * bytes.length)));
    }
    System.arraycopy(value, from, bytes, offsets[count], length);
    hashes[count] = soughtHash;
    offsets[count + 1] = end;
    slots[free] = ++count;
    if (2 * count > slots.length) {
      fill(4 * slots.length);
    }
    return count - 1;
  }

  /** The number of a value, which is added if new. */
  int add(byte[] value, int from, int length) {
    int i = find(value, from, length);
    return i >= 0 ? i : addSought(value, from, length);
  }

  private void fill(int length) {
    slots = new int[length];
    for (int i = 0; i < count; i++) {
      long slot = keyed ? ByteHash.of(SlotKey.KEY, bytes, from(i), length(i)) : hashes[i];
      int at = (int) slot & (slots.length - 1);
      while (slots[at] != 0) {
        at = (at + 1) & (slots.length - 1);
      }
      slots[at] = i + 1;
    }
  }

  /** Frees the memory that is needed only for adding values. */
  void complete() {
    slots = null;
    bytes = Arrays.copyOf(bytes, offsets[count]);
    offsets = Arrays.copyOf(offsets, count + 1);
    hashes = Arrays.copyOf(hashes, count);
  }

  void write(DataOutput out) throws IOException {
    PackedArrays arrays = new PackedArrays(out);
    out.writeLong(seed);
    out.writeInt(count);
    arrays.write(offsets);
    arrays.write(hashes);
    out.write(bytes, 0, offsets[count]);
  }

  static ValueTable read(DataInput in) throws IOException {
    ValueTable table = new ValueTable(in.readLong());
    table.count = in.readInt();
    table.offsets = PackedArrays.readInts(in);
    table.hashes = PackedArrays.readLongs(in);
    table.bytes = new byte[table.offsets[table.count]];
    in.readFully(table.bytes);
    table.slots = null;
    return table;
  }
}

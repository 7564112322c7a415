package io.destine.feature;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.ShortBuffer;
import java.util.Arrays;

/**
 * The values of a vocabulary whose hashes are in one range, with their ids, in order of the hashes.
 * Immutable and thread-safe.
 *
 * <p>The columns may be arrays or a memory-mapped file. A lookup selects a bucket by the highest
 * bits that differ among the shard's hashes, and compares the bucket's values, two to four on
 * average, or uses a binary search if there are many. In addition to the columns this takes one to
 * two bytes a value.
 */
public final class VocabularyShard {
  /** Maximum values of a shard. */
  public static final int MOST_VALUES = 1 << 29;

  /** Bytes of a value in the columns that lookups read, without its text. */
  public static final int COLUMN_BYTES = 2 + 4 + 4;

  /** Maximum bytes of a value outside the columns. */
  public static final int INDEX_BYTES = 2;

  /** Maximum values that a lookup compares one by one; with random hashes a bucket has fewer. */
  private static final int MOST_COMPARED = 32;

  private static final VarHandle WORDS =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle ARRAY_WORDS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final int count;
  private final ShortBuffer fields;
  private final IntBuffer ids;
  private final IntBuffer offsets;
  private final ByteBuffer bytes;

  /** [n] buckets of rates; empty when no field has any. */
  private final ByteBuffer rates;

  private int lastField = -1;
  private int firstId = Integer.MAX_VALUE;
  private int lastId = -1;

  /** Leading bits that all hashes have in common. */
  private final int common;

  /** Bits after these that select a bucket of neighbouring values. */
  private final int bits;

  /** [2^bits + 1] first value of each bucket. */
  private final int[] starts;

  /**
   * A shard over the given columns, which are not copied.
   *
   * @param fields [n] index of each value's field
   * @param ids [n]
   * @param offsets [n + 1] where each value's UTF-8 bytes begin, and where the last value's end
   * @param bytes of all values
   * @param rates [n] bucket of each value's {@link LabelRate}, or {@link LabelRate#NONE}; empty
   *     when no field has any
   * @throws IllegalArgumentException when the values are not in ascending order of (hash as an
   *     unsigned number, field, bytes), each once, an offset or a field is out of range, or there
   *     are too many
   */
  public VocabularyShard(
      ShortBuffer fields, IntBuffer ids, IntBuffer offsets, ByteBuffer bytes, ByteBuffer rates) {
    count = ids.limit();
    if (rates.limit() != 0 && rates.limit() != count) {
      throw new IllegalArgumentException(
          "there must be rates of " + count + " values, got " + rates.limit());
    }
    for (int i = 0; i < rates.limit(); i++) {
      if (rates.get(i) < 0 || rates.get(i) > LabelRate.NONE) {
        throw new IllegalArgumentException(
            "a rate must be 0 to " + LabelRate.NONE + ", got " + rates.get(i));
      }
    }
    this.rates = rates;
    if (count > MOST_VALUES) {
      throw new IllegalArgumentException(
          "values of a shard must be at most " + MOST_VALUES + ", got " + count);
    }
    this.fields = fields;
    this.ids = ids;
    this.offsets = offsets;
    this.bytes = bytes;
    Scratch scratch = new Scratch();
    long first = count == 0 ? 0 : hash(0, scratch);
    common = count == 0 ? 0 : Long.numberOfLeadingZeros(first ^ hash(count - 1, scratch));
    int enough = count < 4 ? 0 : Integer.SIZE - 2 - Integer.numberOfLeadingZeros(count);
    bits = Math.min(enough, Long.SIZE - common);
    starts = new int[(1 << bits) + 1];
    fill(scratch);
  }

  /** Bytes of one value for {@link ByteHash}, which reads arrays. */
  private static final class Scratch {
    private byte[] bytes = new byte[64];

    private byte[] of(int length) {
      if (bytes.length < length) {
        bytes = new byte[Math.max(length, 2 * bytes.length)];
      }
      return bytes;
    }
  }

  private void fill(Scratch scratch) {
    long before = 0;
    int bucket = 0;
    for (int i = 0; i < count; i++) {
      long hash = hash(i, scratch);
      if (i > 0) {
        int order = Long.compareUnsigned(before, hash);
        requireOrder(order != 0 ? order : compare(i - 1, i), i);
      }
      for (int own = bucket(hash); bucket < own; ) {
        starts[++bucket] = i;
      }
      before = hash;
      lastField = Math.max(lastField, fields.get(i));
      firstId = Math.min(firstId, ids.get(i));
      lastId = Math.max(lastId, ids.get(i));
    }
    while (bucket < starts.length - 1) {
      starts[++bucket] = count;
    }
  }

  private void requireOrder(int order, int i) {
    if (order == 0) {
      throw new IllegalArgumentException("a value of field " + fields.get(i) + " occurs twice");
    }
    if (order > 0) {
      throw new IllegalArgumentException(
          "values must be in order of their hashes, got value " + i + " after a greater one");
    }
  }

  private long hash(int i, Scratch scratch) {
    int from = offsets.get(i);
    int length = offsets.get(i + 1) - from;
    if (length < 0 || from < 0 || length > bytes.limit() - from || fields.get(i) < 0) {
      throw new IllegalArgumentException(
          String.format(
              "value %d must have a field and bytes, got field %d and bytes %d to %d of %d",
              i, fields.get(i), from, (long) from + length, bytes.limit()));
    }
    byte[] value = scratch.of(length);
    bytes.get(from, value, 0, length);
    return ByteHash.of(fields.get(i), value, 0, length);
  }

  /** Each shift is by less than 64, since Java takes shift distances modulo 64. */
  private int bucket(long hash) {
    return bits == 0 ? 0 : (int) (hash << common >>> (Long.SIZE - bits));
  }

  private int compare(int a, int b) {
    int order = Short.compare(fields.get(a), fields.get(b));
    return order != 0 ? order : Arrays.compareUnsigned(value(a), value(b));
  }

  /** A shard of values in any order, without rates. */
  public static VocabularyShard of(
      int count, short[] fieldOf, int[] ids, int[] offsets, byte[] bytes) {
    return of(count, fieldOf, ids, offsets, bytes, new byte[0]);
  }

  /**
   * A shard of values in any order.
   *
   * @param count n, number of values
   * @param fieldOf [n or more] index of each value's field
   * @param ids [n or more]
   * @param offsets [n + 1 or more] where each value's UTF-8 bytes begin, and where the last value's
   *     end
   * @param bytes of all values
   * @param rates [n or more] bucket of each value's {@link LabelRate}, or {@link LabelRate#NONE};
   *     empty when no field has any
   * @throws IllegalArgumentException when a value occurs twice in a field, or there are too many
   */
  public static VocabularyShard of(
      int count, short[] fieldOf, int[] ids, int[] offsets, byte[] bytes, byte[] rates) {
    long[] hashes = new long[count];
    for (int i = 0; i < count; i++) {
      hashes[i] = ByteHash.of(fieldOf[i], bytes, offsets[i], offsets[i + 1] - offsets[i]);
    }
    HashOrder.Ties ties =
        (a, b) -> {
          int order = Short.compare(fieldOf[a], fieldOf[b]);
          return order != 0
              ? order
              : Arrays.compareUnsigned(
                  bytes, offsets[a], offsets[a + 1], bytes, offsets[b], offsets[b + 1]);
        };
    ShortBuffer sortedFields = ShortBuffer.allocate(count);
    IntBuffer sortedIds = IntBuffer.allocate(count);
    IntBuffer sortedOffsets = IntBuffer.allocate(count + 1);
    ByteBuffer sortedBytes = ByteBuffer.allocate(offsets[count]);
    ByteBuffer sortedRates = ByteBuffer.allocate(rates.length == 0 ? 0 : count);
    sortedOffsets.put(0);
    for (int i : HashOrder.of(hashes, count, ties)) {
      sortedFields.put(fieldOf[i]);
      sortedIds.put(ids[i]);
      sortedBytes.put(bytes, offsets[i], offsets[i + 1] - offsets[i]);
      sortedOffsets.put(sortedBytes.position());
      if (sortedRates.hasRemaining()) {
        sortedRates.put(rates[i]);
      }
    }
    return new VocabularyShard(
        sortedFields.flip(),
        sortedIds.flip(),
        sortedOffsets.flip(),
        sortedBytes.flip(),
        sortedRates.flip());
  }

  /**
   * The id of a value of field m, -1 when the shard does not have it.
   *
   * @param hash {@link ByteHash} of m and the bytes
   */
  int id(int m, byte[] value, int from, int length, long hash) {
    int bucket = bucket(hash);
    int first = starts[bucket];
    int end = starts[bucket + 1];
    if (end - first > MOST_COMPARED) {
      return search(first, end, m, value, from, length, hash);
    }
    for (int i = first; i < end; i++) {
      if (holds(i, m, value, from, length)) {
        return ids.get(i);
      }
    }
    return -1;
  }

  /** A binary search, for hashes that were deliberately made equal or nearly so. */
  private int search(int first, int end, int m, byte[] value, int from, int length, long hash) {
    int low = first;
    int high = end - 1;
    Scratch scratch = new Scratch();
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int order = Long.compareUnsigned(hash(middle, scratch), hash);
      if (order == 0) {
        order = Short.compare(fields.get(middle), (short) m);
      }
      if (order == 0) {
        // The scratch array has the bytes that have just been hashed.
        int middleLength = offsets.get(middle + 1) - offsets.get(middle);
        order = Arrays.compareUnsigned(scratch.bytes, 0, middleLength, value, from, from + length);
      }
      if (order == 0) {
        return ids.get(middle);
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return -1;
  }

  /** The first value that a lookup of a hash compares. */
  int firstOf(long hash) {
    return starts[bucket(hash)];
  }

  /** Reads the data that a lookup of a hash compares first; the returned sum has no meaning. */
  int touch(long hash) {
    int first = firstOf(hash);
    if (first == count) {
      return 0;
    }
    int at = offsets.get(first);
    int read = at < bytes.limit() ? bytes.get(at) : 0;
    return read + fields.get(first) + ids.get(first);
  }

  private boolean holds(int i, int m, byte[] value, int from, int length) {
    int at = offsets.get(i);
    if (offsets.get(i + 1) - at != length) {
      return false;
    }
    return fields.get(i) == m && same(at, value, from, length);
  }

  private boolean same(int at, byte[] value, int from, int length) {
    int last = length - Long.BYTES;
    for (int i = 0; i < last; i += Long.BYTES) {
      if (!sameWord(at + i, value, from + i)) {
        return false;
      }
    }
    if (last >= 0) {
      // The last word may overlap the previous one.
      return sameWord(at + last, value, from + last);
    }
    for (int i = 0; i < length; i++) {
      if (bytes.get(at + i) != value[from + i]) {
        return false;
      }
    }
    return true;
  }

  private boolean sameWord(int at, byte[] value, int from) {
    return (long) WORDS.get(bytes, at) == (long) ARRAY_WORDS.get(value, from);
  }

  /**
   * Checks the fields and the ids of all values.
   *
   * @throws IllegalArgumentException when one is not below its limit
   */
  void requireWithin(int fieldCount, int idCount) {
    if (lastField >= fieldCount) {
      throw new IllegalArgumentException(
          "a value's field must be 0 to " + (fieldCount - 1) + ", got " + lastField);
    }
    if (count > 0 && (firstId < 0 || lastId >= idCount)) {
      throw new IllegalArgumentException(
          "a value's id must be 0 to "
              + (idCount - 1)
              + ", got "
              + (firstId < 0 ? firstId : lastId));
    }
  }

  /** Writes the bucket of each value's rate at the index of its id. */
  void putRates(byte[] byId) {
    for (int i = 0; i < rates.limit(); i++) {
      byId[ids.get(i)] = rates.get(i);
    }
  }

  /**
   * The bucket of the rate of value i, or {@link LabelRate#NONE}, if the shard {@link #hasRates}.
   */
  public byte rate(int i) {
    return rates.get(i);
  }

  /** Whether a field has rates. */
  public boolean hasRates() {
    return rates.limit() > 0;
  }

  /** n, number of values. */
  public int count() {
    return count;
  }

  /** The index of the field of value i. */
  public int field(int i) {
    return fields.get(i);
  }

  /** The id of value i. */
  public int id(int i) {
    return ids.get(i);
  }

  /** The UTF-8 bytes of value i. */
  public byte[] value(int i) {
    byte[] value = new byte[offsets.get(i + 1) - offsets.get(i)];
    bytes.get(offsets.get(i), value);
    return value;
  }

  /** Adds all values in order of their hashes, which must be after those added before. */
  void digest(VocabularyDigest digest) {
    for (int i = 0; i < count; i++) {
      byte[] value = value(i);
      long hash = ByteHash.of(field(i), value, 0, value.length);
      digest.add(hash, field(i), value, 0, value.length, id(i));
      if (hasRates()) {
        digest.rate(rate(i));
      }
    }
  }
}

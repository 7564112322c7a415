package io.destine.feature;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The value of a cross: the values of its parts, concatenated so that rows with different parts
 * have different values. A unit separator (U+001F) separates two parts, an escape (U+001B) precedes
 * a separator or an escape in a part, and an escape with an "m" represents a missing part. Every
 * stored vocabulary with crosses contains this format. Not thread-safe.
 */
public final class CrossValue {
  private static final byte SEPARATOR = 0x1F;
  private static final byte ESCAPE = 0x1B;
  private static final byte MISSING = 'm';

  /** Added to an escaped byte, so that the result is none of these characters. */
  private static final int SHIFT = 0x20;

  private byte[] bytes = new byte[64];
  private int length;
  private boolean started;

  /** Begins another value. */
  public void clear() {
    length = 0;
    started = false;
  }

  /** Adds the UTF-8 value of the next part. */
  public void add(byte[] part, int from, int count) {
    next(count);
    for (int i = from; i < from + count; i++) {
      byte b = part[i];
      if (b == SEPARATOR || b == ESCAPE) {
        put(ESCAPE);
        put((byte) (b + SHIFT));
      } else {
        put(b);
      }
    }
  }

  /** Adds the value of the next part: an integer, such as a hash bucket. */
  public void add(int part) {
    byte[] digits = Integer.toString(part).getBytes(StandardCharsets.ISO_8859_1);
    add(digits, 0, digits.length);
  }

  /**
   * Adds the value of the next part, which is its bucket when the field has hash buckets.
   *
   * @param value UTF-8, null when missing
   * @param hash {@link ByteHash} of the field's index and the value, for a field with hash buckets
   * @param buckets of the field, 0 for none
   */
  void add(byte[] value, long hash, int buckets) {
    if (value == null) {
      addMissing();
    } else if (buckets > 0) {
      add(Vocabulary.bucket(hash, buckets));
    } else {
      add(value, 0, value.length);
    }
  }

  /** Adds a missing part. */
  public void addMissing() {
    next(0);
    put(ESCAPE);
    put(MISSING);
  }

  /**
   * Sets the value to that of a smaller cross.
   *
   * @param value of a cross, from {@code from} on
   * @param count bytes of the value
   * @param parts of the smaller cross, counted from 0 among the parts of the value
   */
  public void select(byte[] value, int from, int count, int[] parts) {
    clear();
    for (int part : parts) {
      int start = from;
      for (int before = 0; before < part; start++) {
        before += value[start] == SEPARATOR ? 1 : 0;
      }
      int end = start;
      while (end < from + count && value[end] != SEPARATOR) {
        end++;
      }
      next(end - start);
      System.arraycopy(value, start, bytes, length, end - start);
      length += end - start;
    }
  }

  private void next(int count) {
    // Room for a part in which every byte is escaped, and for a separator or a missing part.
    int needed = length + 2 * count + 3;
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, 2 * needed);
    }
    if (started) {
      put(SEPARATOR);
    }
    started = true;
  }

  private void put(byte b) {
    bytes[length++] = b;
  }

  /**
   * The array with the bytes of the value; only the first {@link #length} are valid. Must not be
   * kept.
   */
  public byte[] bytes() {
    return bytes;
  }

  /** Bytes of the value. */
  public int length() {
    return length;
  }

  /**
   * The parts of a value, null for those that are missing.
   *
   * @throws IllegalArgumentException when the text is not the value of a cross
   */
  public static List<String> parts(String value) {
    List<String> parts = new ArrayList<>();
    StringBuilder part = new StringBuilder();
    boolean missing = false;
    for (int i = 0; i <= value.length(); i++) {
      if (i == value.length() || value.charAt(i) == SEPARATOR) {
        parts.add(missing ? null : part.toString());
        part.setLength(0);
        missing = false;
      } else if (value.charAt(i) == ESCAPE) {
        i++;
        if (i == value.length()) {
          throw new IllegalArgumentException("the value of a cross ends in an escape: " + value);
        }
        missing = value.charAt(i) == MISSING;
        part.append((char) (value.charAt(i) - SHIFT));
      } else {
        part.append(value.charAt(i));
      }
    }
    return parts;
  }
}

package io.destine.feature;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * The ids of values: (field, UTF-8 value) to a row of the embedding table. Immutable, safe for any
 * number of threads. Every field that has ids has one for missing values and {@code oovBuckets} for
 * values that are rare or unseen, chosen by hash; the rest belong to known values. A field's ids
 * need not be contiguous: a grown vocabulary has new values at its end.
 *
 * <p>Open addressing over the bytes themselves, no object per value: about 22 bytes each beside the
 * text.
 */
public final class Vocabulary {

  /** What an id stands for. */
  public enum Use {
    MISSING,
    OOV,
    VALUE;

    /** The use as files spell it, in lower case. */
    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * One id.
   *
   * @param field the field's name
   * @param use what the id stands for
   * @param value the known value, or null
   */
  public record Entry(String field, Use use, String value) implements Serializable {}

  /** Most values that have ids of their own. */
  public static final int MOST_VALUES = 1 << 29;

  private static final String TOO_LARGE =
      "the vocabulary has more than " + MOST_VALUES + " values: raise vocabulary.min-count";

  private final List<String> fields;
  private final int oovBuckets;
  private final int[] missing;
  private final int[] firstOov;
  private final ByteStore values;
  private final short[] fieldOf;
  private final int[] slots;

  private Vocabulary(Builder b) {
    fields = b.fields;
    oovBuckets = b.oovBuckets;
    missing = b.missing;
    firstOov = b.firstOov;
    values = b.values;
    fieldOf = Arrays.copyOf(b.fieldOf, values.count());
    slots = b.slots;
  }

  /** A builder without ids; fields are numbered in the given order. */
  public static Builder builder(List<String> fields, int oovBuckets) {
    return new Builder(fields, oovBuckets);
  }

  /** A builder that starts from this vocabulary: ids stay, additions go to the end. */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /** V, the number of ids. */
  public int size() {
    return values.count();
  }

  /** Names of the fields, by field index; those without ids included. */
  public List<String> fields() {
    return fields;
  }

  /** Ids per field for rare or unseen values. */
  public int oovBuckets() {
    return oovBuckets;
  }

  /** The id of a missing value of field m, -1 when the field has no ids. */
  public int missing(int m) {
    return missing[m];
  }

  /**
   * The id of a value of field m, of its missing value when null, of an oov bucket if unknown.
   *
   * @throws IllegalArgumentException when the field has no ids
   */
  public int id(int m, String value) {
    if (value == null) {
      return reserved(missing, m);
    }
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    return id(m, bytes, 0, bytes.length);
  }

  /** True when the value of field m has an id of its own. */
  public boolean knows(int m, String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    return find(m, bytes, 0, bytes.length, ByteHash.of(m, bytes, 0, bytes.length)) >= 0;
  }

  /**
   * The id of the value of field m with the given UTF-8 bytes.
   *
   * @throws IllegalArgumentException when the field has no ids
   */
  public int id(int m, byte[] bytes, int offset, int length) {
    long hash = ByteHash.of(m, bytes, offset, length);
    int id = find(m, bytes, offset, length, hash);
    return id >= 0
        ? id
        : reserved(firstOov, m) + (int) Long.remainderUnsigned(hash >>> 32, oovBuckets);
  }

  private int reserved(int[] ids, int m) {
    if (ids[m] < 0) {
      throw new IllegalArgumentException("field " + fields.get(m) + " has no ids");
    }
    return ids[m];
  }

  private int find(int m, byte[] bytes, int offset, int length, long hash) {
    for (int at = (int) hash & (slots.length - 1); slots[at] != 0; ) {
      int id = slots[at] - 1;
      if (fieldOf[id] == m && values.equals(id, bytes, offset, length)) {
        return id;
      }
      at = (at + 1) & (slots.length - 1);
    }
    return -1;
  }

  /** What the id stands for. */
  public Entry entry(int id) {
    int m = fieldOf[id];
    Use use = use(id);
    String value = use == Use.VALUE ? new String(values.get(id), StandardCharsets.UTF_8) : null;
    return new Entry(fields.get(m), use, value);
  }

  /** Known values of each field, reserved ids left out. */
  public int[] valuesByField() {
    int[] counts = new int[fields.size()];
    for (int id = 0; id < size(); id++) {
      counts[fieldOf[id]] += use(id) == Use.VALUE ? 1 : 0;
    }
    return counts;
  }

  /**
   * The first known values of each field, which in a vocabulary that has never grown are the most
   * frequent.
   *
   * @return [fields] ids in ascending order, at most {@code most} of each field
   */
  public int[][] firstValues(int most) {
    int[] counts = new int[fields.size()];
    int[][] first = new int[fields.size()][most];
    for (int id = 0; id < size(); id++) {
      int m = fieldOf[id];
      if (counts[m] < most && use(id) == Use.VALUE) {
        first[m][counts[m]++] = id;
      }
    }
    for (int m = 0; m < counts.length; m++) {
      first[m] = Arrays.copyOf(first[m], counts[m]);
    }
    return first;
  }

  private Use use(int id) {
    int m = fieldOf[id];
    if (id == missing[m]) {
      return Use.MISSING;
    }
    return id >= firstOov[m] && id < firstOov[m] + oovBuckets ? Use.OOV : Use.VALUE;
  }

  /** SHA-256, in hexadecimal, of the fields' names, the oov buckets and every id's meaning. */
  public String fingerprint() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(
          (oovBuckets + "\n" + String.join("\n", fields) + "\n").getBytes(StandardCharsets.UTF_8));
      for (int id = 0; id < size(); id++) {
        int length = values.length(id);
        int head = fieldOf[id] * 4 + use(id).ordinal();
        for (int word : new int[] {head, length}) {
          for (int shift = 0; shift < 32; shift += 8) {
            digest.update((byte) (word >>> shift));
          }
        }
        digest.update(values.get(id));
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 must be available in every JVM", e);
    }
  }

  /** Takes ids in order, 0 first. One thread. */
  public static final class Builder {
    private final List<String> fields;
    private final int oovBuckets;
    private final int[] missing;
    private final int[] firstOov;
    private ByteStore values;
    private short[] fieldOf;
    private int[] slots;
    private int known;

    private Builder(List<String> fields, int oovBuckets) {
      if (oovBuckets < 1) {
        throw new IllegalArgumentException(
            "vocabulary.oov-buckets must be at least 1, got " + oovBuckets);
      }
      if (fields.size() > Short.MAX_VALUE) {
        throw new IllegalArgumentException(
            "fields must be at most " + Short.MAX_VALUE + ", got " + fields.size());
      }
      this.fields = List.copyOf(fields);
      this.oovBuckets = oovBuckets;
      missing = new int[fields.size()];
      firstOov = new int[fields.size()];
      Arrays.fill(missing, -1);
      Arrays.fill(firstOov, -1);
      values = new ByteStore();
      fieldOf = new short[16];
      slots = new int[32];
    }

    private Builder(Vocabulary v) {
      fields = v.fields;
      oovBuckets = v.oovBuckets;
      missing = v.missing.clone();
      firstOov = v.firstOov.clone();
      values = v.values.copy();
      fieldOf = v.fieldOf.clone();
      slots = v.slots.clone();
      for (int slot : slots) {
        known += slot == 0 ? 0 : 1;
      }
    }

    /** Ids so far, which is the next one. */
    public int size() {
      return values.count();
    }

    /** Gives the next id to missing values of field m, the ones after it to its oov buckets. */
    public Builder reserve(int m) {
      if (missing[m] >= 0) {
        throw new IllegalArgumentException(
            "field " + fields.get(m) + ": missing id must be reserved once, got a second time");
      }
      missing[m] = size();
      append(m, new byte[0]);
      firstOov[m] = size();
      for (int i = 0; i < oovBuckets; i++) {
        append(m, new byte[0]);
      }
      return this;
    }

    /** Gives the next id to a value of field m. */
    public Builder add(int m, String value) {
      return add(m, value.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Gives the next id to the value of field m with the given UTF-8 bytes.
     *
     * @throws IllegalArgumentException when the value has an id, or the field has reserved none
     */
    public Builder add(int m, byte[] value) {
      if (missing[m] < 0) {
        throw new IllegalArgumentException(
            "field " + fields.get(m) + ": ids must be reserved before values are added, got none");
      }
      if (2 * (known + 1) > slots.length) {
        rehash();
      }
      int at = slot(m, value);
      if (slots[at] != 0) {
        throw new IllegalArgumentException(
            "field "
                + fields.get(m)
                + ": value must be new, got "
                + new String(value, StandardCharsets.UTF_8)
                + " twice");
      }
      slots[at] = size() + 1;
      known++;
      append(m, value);
      return this;
    }

    /** The vocabulary of the ids given so far; the builder's last call. */
    public Vocabulary build() {
      Vocabulary vocabulary = new Vocabulary(this);
      values = null;
      return vocabulary;
    }

    private int slot(int m, byte[] value) {
      int at = (int) ByteHash.of(m, value, 0, value.length) & (slots.length - 1);
      while (slots[at] != 0) {
        int id = slots[at] - 1;
        if (fieldOf[id] == m && values.equals(id, value, 0, value.length)) {
          break;
        }
        at = (at + 1) & (slots.length - 1);
      }
      return at;
    }

    private void append(int m, byte[] value) {
      if (size() == fieldOf.length) {
        fieldOf = Arrays.copyOf(fieldOf, ArrayGrowth.longer(size(), TOO_LARGE));
      }
      fieldOf[size()] = (short) m;
      values.add(value, 0, value.length);
    }

    /** Twice as many, up to 2 for each value of the largest vocabulary. */
    static int slotsAfter(int slots) {
      if (slots >= 2 * MOST_VALUES) {
        throw new IllegalStateException(TOO_LARGE);
      }
      return 2 * slots;
    }

    private void rehash() {
      int[] old = slots;
      slots = new int[slotsAfter(old.length)];
      for (int entry : old) {
        if (entry != 0) {
          slots[slot(fieldOf[entry - 1], values.get(entry - 1))] = entry;
        }
      }
    }
  }
}

package io.destine.feature;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.PriorityQueue;

/**
 * The ids of values: maps (field, UTF-8 value) to a row of the embedding table. Immutable and
 * thread-safe. Every field with ids has one id for missing values and {@code oovBuckets} ids for
 * rare or unseen values, chosen by hash; the other ids belong to known values. A field's ids need
 * not be contiguous: an extended vocabulary has new values at its end. A field with hash buckets
 * has no known values: each value has the id of one of its buckets, chosen by hash.
 *
 * <p>Values are in shards by the highest bits of their hashes ({@link VocabularyShard}), which can
 * be built and read independently.
 */
public final class Vocabulary {

  /** The meaning of an id. */
  public enum Use {
    MISSING,
    OOV,
    HASHED,
    VALUE;

    /** The use as written in files, in lower case. */
    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * One id.
   *
   * @param field the field's name
   * @param use meaning of the id
   * @param value the known value, or null
   */
  public record Entry(String field, Use use, String value) implements Serializable {}

  /**
   * Maximum number of ids, including those of missing and unknown values: an array has one entry
   * for each.
   */
  public static final int MOST_IDS = Integer.MAX_VALUE - 8;

  private final List<String> fields;
  private final int oovBuckets;
  private final int[] missing;
  private final int[] hashBuckets;

  /**
   * [fields] the field that owns the field's ids: the first one with the same id for missing
   * values.
   */
  private final int[] owners;

  private final VocabularyShard[] shards;
  private final int shift;
  private final int size;

  /** [V] the result of {@link #rates}; null until first needed. */
  private volatile byte[] rates;

  /** [V] shard of each id in the high half, index in the shard in the low half; -1 if reserved. */
  private volatile long[] places;

  /**
   * The vocabulary of the given shards.
   *
   * @param fields names, by field index
   * @param oovBuckets ids per field for rare or unseen values
   * @param missing [fields] ids of missing values, whose oov buckets follow; -1 for fields without
   *     ids
   * @param shards a power of two of them: shard s holds the values whose hashes begin with the bits
   *     of s
   * @throws IllegalArgumentException when there are too many ids, or an id is not below their
   *     number
   */
  public Vocabulary(
      List<String> fields, int oovBuckets, int[] missing, List<VocabularyShard> shards) {
    this(fields, oovBuckets, missing, new int[missing.length], shards);
  }

  /**
   * The vocabulary of the given shards.
   *
   * @param fields names, by field index
   * @param oovBuckets ids per field for rare or unseen values
   * @param missing [fields] ids of missing values, whose buckets follow; -1 for fields without ids.
   *     Fields with the same id of missing values share all ids
   * @param hashBuckets [fields] ids that all values of a field share by hash; 0 for fields with
   *     known values and oov buckets
   * @param shards a power of two of them: shard s holds the values whose hashes begin with the bits
   *     of s
   * @throws IllegalArgumentException when there are too many ids, or an id is not below their
   *     number
   */
  public Vocabulary(
      List<String> fields,
      int oovBuckets,
      int[] missing,
      int[] hashBuckets,
      List<VocabularyShard> shards) {
    if (oovBuckets < 1) {
      throw new IllegalArgumentException(
          "vocabulary.oov-buckets must be at least 1, got " + oovBuckets);
    }
    if (missing.length != fields.size() || hashBuckets.length != fields.size()) {
      throw new IllegalArgumentException(
          String.format(
              "reserved ids and hash buckets must be given for %d fields, got %d and %d",
              fields.size(), missing.length, hashBuckets.length));
    }
    this.fields = List.copyOf(fields);
    this.oovBuckets = oovBuckets;
    this.missing = missing.clone();
    this.hashBuckets = hashBuckets.clone();
    this.shards = shards.toArray(VocabularyShard[]::new);
    if (Integer.bitCount(this.shards.length) != 1) {
      throw new IllegalArgumentException(
          "shards must be a power of two, got " + this.shards.length);
    }
    shift = 63 - Integer.numberOfTrailingZeros(this.shards.length);
    owners = new int[missing.length];
    long ids = 0;
    for (int m = 0; m < missing.length; m++) {
      owners[m] = m;
      for (int of = m - 1; of >= 0 && missing[m] >= 0; of--) {
        owners[m] = missing[of] == missing[m] ? owners[of] : owners[m];
      }
      ids += missing[m] < 0 || owners[m] < m ? 0 : 1L + buckets(m);
    }
    for (VocabularyShard shard : shards) {
      ids += shard.count();
    }
    if (ids > MOST_IDS) {
      throw new IllegalArgumentException("ids must be at most " + MOST_IDS + ", got " + ids);
    }
    size = (int) ids;
    requireRanges();
  }

  private void requireRanges() {
    for (int m = 0; m < missing.length; m++) {
      if (missing[m] < -1 || missing[m] >= 0 && (long) missing[m] + buckets(m) >= size) {
        throw new IllegalArgumentException(
            String.format(
                "field %s: the id of missing values and the %d ids after it must be 0 to %d, got %d",
                fields.get(m), buckets(m), size - 1, missing[m]));
      }
    }
    for (VocabularyShard shard : shards) {
      shard.requireWithin(fields.size(), size);
    }
  }

  /** A builder without ids; fields are numbered in the given order. */
  public static VocabularyBuilder builder(List<String> fields, int oovBuckets) {
    return new VocabularyBuilder(fields, oovBuckets);
  }

  /** V, the number of ids. */
  public int size() {
    return size;
  }

  /** Names of the fields, by field index; those without ids included. */
  public List<String> fields() {
    return fields;
  }

  /** Ids per field for rare or unseen values. */
  public int oovBuckets() {
    return oovBuckets;
  }

  /** Hash buckets of field m; 0 for a field with known values. */
  public int hashBuckets(int m) {
    return hashBuckets[m];
  }

  /** The field that owns the ids of field m: itself, or an earlier field whose ids it shares. */
  public int owner(int m) {
    return owners[m];
  }

  /** Number of ids after the id for missing values of field m. */
  private int buckets(int m) {
    return hashBuckets[m] > 0 ? hashBuckets[m] : oovBuckets;
  }

  /** The id of a missing value of field m, -1 when the field has no ids. */
  public int missing(int m) {
    return missing[m];
  }

  /**
   * The id of a value of field m: that for missing values when null, that of an oov bucket when
   * unknown.
   *
   * @throws IllegalArgumentException when the field has no ids
   */
  public int id(int m, String value) {
    if (value == null) {
      return reserved(m);
    }
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    return id(m, bytes, 0, bytes.length);
  }

  /** True when the value of field m is known: it has its own id. */
  public boolean knows(int m, String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    int owner = owners[m];
    return find(owner, bytes, 0, bytes.length, ByteHash.of(owner, bytes, 0, bytes.length)) >= 0;
  }

  /**
   * The id of the value of field m with the given UTF-8 bytes.
   *
   * @throws IllegalArgumentException when the field has no ids
   */
  public int id(int m, byte[] bytes, int offset, int length) {
    return id(owners[m], bytes, offset, length, ByteHash.of(owners[m], bytes, offset, length));
  }

  private int id(int m, byte[] bytes, int offset, int length, long hash) {
    int id = hashBuckets[m] > 0 ? -1 : find(m, bytes, offset, length, hash);
    return id >= 0 ? id : reserved(m) + 1 + bucket(hash, buckets(m));
  }

  /**
   * The id of the value of field m with the given UTF-8 bytes; that for missing values when null.
   *
   * @param m a field that does not share ids
   * @param hash {@link ByteHash} of m and the bytes
   */
  int id(int m, byte[] value, long hash) {
    return value == null ? reserved(m) : id(m, value, 0, value.length, hash);
  }

  /** [V] bucket of the {@link LabelRate} of each id, or {@link LabelRate#NONE}. */
  public byte[] rates() {
    if (rates == null) {
      byte[] made = new byte[size];
      Arrays.fill(made, (byte) LabelRate.NONE);
      for (VocabularyShard shard : shards) {
        shard.putRates(made);
      }
      rates = made;
    }
    return rates;
  }

  /**
   * The bucket, from 0 on, of a value without its own id.
   *
   * @param hash {@link ByteHash} of the field's index and the value
   * @param buckets of the field
   */
  public static int bucket(long hash, int buckets) {
    return (int) ((hash >>> 32) % buckets);
  }

  private int reserved(int m) {
    if (missing[m] < 0) {
      throw new IllegalArgumentException("field " + fields.get(m) + " has no ids");
    }
    return missing[m];
  }

  private int find(int m, byte[] bytes, int offset, int length, long hash) {
    return shardOf(hash).id(m, bytes, offset, length, hash);
  }

  /**
   * The shard of values with a hash. A shift by all 64 bits takes two steps, since Java takes shift
   * distances modulo 64.
   */
  VocabularyShard shardOf(long hash) {
    return shards[(int) (hash >>> 1 >>> shift)];
  }

  /** The meaning of the id. */
  public Entry entry(int id) {
    long place = places()[id];
    if (place >= 0) {
      VocabularyShard shard = shards[(int) (place >>> 32)];
      String value = new String(shard.value((int) place), StandardCharsets.UTF_8);
      return new Entry(fields.get(shard.field((int) place)), Use.VALUE, value);
    }
    for (int m = 0; m < missing.length; m++) {
      if (missing[m] >= 0 && id >= missing[m] && id - missing[m] <= buckets(m)) {
        Use bucket = hashBuckets[m] > 0 ? Use.HASHED : Use.OOV;
        return new Entry(fields.get(m), id == missing[m] ? Use.MISSING : bucket, null);
      }
    }
    throw new IllegalArgumentException("id must be one of the vocabulary, got " + id);
  }

  private long[] places() {
    if (places == null) {
      long[] made = new long[size];
      Arrays.fill(made, -1);
      for (int s = 0; s < shards.length; s++) {
        for (int i = 0; i < shards[s].count(); i++) {
          made[shards[s].id(i)] = (long) s << 32 | i;
        }
      }
      places = made;
    }
    return places;
  }

  /** Known values of each field, reserved ids left out. */
  public int[] valuesByField() {
    int[] counts = new int[fields.size()];
    for (VocabularyShard shard : shards) {
      for (int i = 0; i < shard.count(); i++) {
        counts[shard.field(i)]++;
      }
    }
    return counts;
  }

  /**
   * The first known values of each field; in a vocabulary that was never extended these are the
   * most frequent ones.
   *
   * @return [fields] ids in ascending order, at most {@code most} of each field
   */
  public int[][] firstValues(int most) {
    List<PriorityQueue<Integer>> first = new ArrayList<>();
    for (int m = 0; m < fields.size(); m++) {
      first.add(new PriorityQueue<>(Comparator.reverseOrder()));
    }
    for (VocabularyShard shard : shards) {
      for (int i = 0; i < shard.count(); i++) {
        PriorityQueue<Integer> ids = first.get(shard.field(i));
        if (ids.size() < most || shard.id(i) < ids.peek()) {
          ids.add(shard.id(i));
          if (ids.size() > most) {
            ids.remove();
          }
        }
      }
    }
    return first.stream()
        .map(ids -> ids.stream().mapToInt(Integer::intValue).sorted().toArray())
        .toArray(int[][]::new);
  }

  /** {@link VocabularyDigest} of all values. */
  public String fingerprint() {
    VocabularyDigest digest = new VocabularyDigest();
    for (VocabularyShard shard : shards) {
      shard.digest(digest);
    }
    return VocabularyDigest.fingerprint(fields, missing, oovBuckets, hashBuckets, digest.ranges());
  }

  /** The shards, in order. */
  public List<VocabularyShard> shards() {
    return List.of(shards);
  }
}

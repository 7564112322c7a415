package io.destine.feature;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Builds a vocabulary of one shard by assigning ids in order, from 0 on. Not thread-safe. */
public final class VocabularyBuilder {
  private final List<String> fields;
  private final int oovBuckets;
  private final int[] missing;
  private final int[] hashBuckets;
  private final Set<Known> known = new HashSet<>();
  private short[] fieldOf = new short[16];
  private int[] ids = new int[16];
  private int[] offsets = new int[17];
  private byte[] bytes = new byte[256];

  /** Buckets of rates; empty when no value has one. */
  private byte[] rates = {};

  private int count;
  private int size;

  /** A value of a field, for the check that it is new. */
  private record Known(int m, ByteBuffer value) {}

  VocabularyBuilder(List<String> fields, int oovBuckets) {
    if (fields.size() > Short.MAX_VALUE) {
      throw new IllegalArgumentException(
          "fields must be at most " + Short.MAX_VALUE + ", got " + fields.size());
    }
    this.fields = List.copyOf(fields);
    this.oovBuckets = oovBuckets;
    missing = new int[fields.size()];
    hashBuckets = new int[fields.size()];
    Arrays.fill(missing, -1);
  }

  /** Number of ids assigned so far, which is also the next id. */
  public int size() {
    return size;
  }

  /** Gives the next id to missing values of field m, the ones after it to its oov buckets. */
  public VocabularyBuilder reserve(int m) {
    return reserve(m, 0);
  }

  /**
   * Gives the next id to missing values of field m, the ones after it to its hash buckets, or its
   * oov buckets when there are none.
   */
  public VocabularyBuilder reserve(int m, int buckets) {
    if (missing[m] >= 0) {
      throw new IllegalArgumentException(
          "field " + fields.get(m) + ": missing id must be reserved once, got a second time");
    }
    missing[m] = size;
    hashBuckets[m] = buckets;
    size += 1 + (buckets > 0 ? buckets : oovBuckets);
    return this;
  }

  /** Gives the next id to a value of field m. */
  public VocabularyBuilder add(int m, String value) {
    return add(m, value.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Gives the next id to the value of field m with the given UTF-8 bytes.
   *
   * @throws IllegalArgumentException when the value already has an id, or no ids are reserved for
   *     the field
   */
  public VocabularyBuilder add(int m, byte[] value) {
    if (missing[m] < 0) {
      throw new IllegalArgumentException(
          "field " + fields.get(m) + ": ids must be reserved before values are added, got none");
    }
    if (hashBuckets[m] > 0) {
      throw new IllegalArgumentException(
          "field " + fields.get(m) + ": values must not be added to hash buckets");
    }
    if (!known.add(new Known(m, ByteBuffer.wrap(value)))) {
      throw new IllegalArgumentException(
          "field "
              + fields.get(m)
              + ": value must be new, got "
              + new String(value, StandardCharsets.UTF_8)
              + " twice");
    }
    if (count == ids.length) {
      int longer = ArrayGrowth.longer(count, "a vocabulary of one shard holds too many values");
      fieldOf = Arrays.copyOf(fieldOf, longer);
      ids = Arrays.copyOf(ids, longer);
      offsets = Arrays.copyOf(offsets, longer + 1);
    }
    while (bytes.length - offsets[count] < value.length) {
      bytes =
          Arrays.copyOf(
              bytes,
              ArrayGrowth.longer(bytes.length, "a vocabulary of one shard holds too many values"));
    }
    System.arraycopy(value, 0, bytes, offsets[count], value.length);
    fieldOf[count] = (short) m;
    ids[count] = size++;
    offsets[count + 1] = offsets[count] + value.length;
    count++;
    return this;
  }

  /**
   * Sets the {@link LabelRate} of the value that was added last; the default is none.
   *
   * @param bucket of the rate
   */
  public VocabularyBuilder rate(int bucket) {
    if (rates.length < count) {
      int before = rates.length;
      rates = Arrays.copyOf(rates, ids.length);
      Arrays.fill(rates, before, rates.length, (byte) LabelRate.NONE);
    }
    rates[count - 1] = (byte) bucket;
    return this;
  }

  /** The vocabulary of the ids assigned so far; must be the builder's last call. */
  public Vocabulary build() {
    if (rates.length > 0) {
      int before = rates.length;
      rates = Arrays.copyOf(rates, Math.max(before, count));
      Arrays.fill(rates, before, rates.length, (byte) LabelRate.NONE);
    }
    VocabularyShard shard = VocabularyShard.of(count, fieldOf, ids, offsets, bytes, rates);
    return new Vocabulary(fields, oovBuckets, missing, hashBuckets, List.of(shard));
  }
}

package io.destine.feature;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * The fingerprint of a vocabulary, which can be computed in parallel where the values are stored.
 * The hashes of values are divided into {@value #RANGES} ranges; the digest of a range is the
 * SHA-256 of its values, with their ids and rates, in order of hash, field and bytes; the
 * fingerprint is the SHA-256 of the fields, with their reserved ids, and of the digests of all
 * ranges. Not thread-safe.
 */
public final class VocabularyDigest {
  /** Ranges of hashes: the highest ten bits of a hash are its range. */
  public static final int RANGES = 1 << 10;

  private static final int SHIFT = 54;

  private final byte[][] digests = new byte[RANGES][];
  private final MessageDigest digest = sha256();
  private final ByteBuffer head = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
  private int range = -1;

  /** The range of a hash. */
  public static int range(long hash) {
    return (int) (hash >>> SHIFT);
  }

  /**
   * Adds the next value in ascending order of (hash as an unsigned number, field, bytes).
   *
   * @param hash {@link ByteHash} of the field's index and the bytes
   * @param m index of the field
   */
  public void add(long hash, int m, byte[] bytes, int from, int length, int id) {
    if (range(hash) != range) {
      if (range(hash) < range) {
        throw new IllegalArgumentException("values must come in order of their hashes");
      }
      endRange();
      range = range(hash);
    }
    head.clear();
    head.putInt(m).putInt(id).putInt(length);
    digest.update(head.array());
    digest.update(bytes, from, length);
  }

  /** Adds the bucket of the rate of the value that was added last. */
  public void rate(byte bucket) {
    digest.update(bucket);
  }

  private void endRange() {
    if (range >= 0) {
      digests[range] = digest.digest();
    }
  }

  /**
   * [{@value #RANGES}] digests of the ranges, null for ranges without values; must be the last
   * call.
   */
  public byte[][] ranges() {
    endRange();
    return digests;
  }

  /**
   * The fingerprint, in hexadecimal.
   *
   * @param fields names, by field index
   * @param missing [fields] ids of missing values, -1 for fields without ids
   * @param oovBuckets number of ids for unknown values, which follow each id for missing values
   * @param hashBuckets [fields] number of hash buckets, whose ids follow the id for missing values;
   *     0 for other fields
   * @param ranges [{@value #RANGES}] digests of the ranges, null for ranges without values
   */
  public static String fingerprint(
      List<String> fields, int[] missing, int oovBuckets, int[] hashBuckets, byte[][] ranges) {
    MessageDigest whole = sha256();
    StringBuilder text = new StringBuilder();
    for (int m = 0; m < missing.length; m++) {
      text.append(fields.get(m)).append('\n').append(missing[m]).append('\n');
    }
    text.append("oov ").append(oovBuckets).append('\n');
    for (int m = 0; m < missing.length; m++) {
      if (hashBuckets[m] > 0) {
        text.append("hash ").append(m).append(' ').append(hashBuckets[m]).append('\n');
      }
    }
    whole.update(text.toString().getBytes(StandardCharsets.UTF_8));
    byte[] none = new byte[32];
    for (byte[] each : ranges) {
      whole.update(each == null ? none : each);
    }
    return HexFormat.of().formatHex(whole.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 must be available in every JVM", e);
    }
  }
}

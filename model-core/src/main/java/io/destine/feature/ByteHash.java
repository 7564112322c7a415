package io.destine.feature;

import io.destine.random.CounterRandom;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A 64-bit hash of bytes, the same on every machine: with w_i the bytes as little-endian 64-bit
 * words, the last padded with zeros, h = mix(seed + length); h = mix(h ^ w_i) * 5 + 0x52dce729 for
 * each word; the hash is mix(h). mix is {@link CounterRandom#mix}. Stored vocabularies and data
 * sets depend on it: a change would change the ids of rare values and the order of rows.
 */
public final class ByteHash {
  private static final long ADDEND = 0x52dce729L;
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private ByteHash() {}

  /** The hash of a text's UTF-8 bytes. */
  public static long of(long seed, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return of(seed, bytes, 0, bytes.length);
  }

  /** The hash of {@code length} bytes. */
  public static long of(long seed, byte[] bytes, int offset, int length) {
    long h = CounterRandom.mix(seed + length);
    int end = offset + length;
    int at = offset;
    for (; at + 8 <= end; at += 8) {
      h = CounterRandom.mix(h ^ word(bytes, at, 8)) * 5 + ADDEND;
    }
    if (at < end) {
      h = CounterRandom.mix(h ^ word(bytes, at, end - at)) * 5 + ADDEND;
    }
    return CounterRandom.mix(h);
  }

  private static long word(byte[] bytes, int at, int count) {
    if (count == 8) {
      return (long) LONG.get(bytes, at);
    }
    long word = 0;
    for (int i = 0; i < count; i++) {
      word |= (bytes[at + i] & 0xFFL) << (8 * i);
    }
    return word;
  }
}

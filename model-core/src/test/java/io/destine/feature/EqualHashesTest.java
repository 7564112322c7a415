package io.destine.feature;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.random.CounterRandom;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Values that someone has chosen so that their hashes are equal. */
class EqualHashesTest {
  private static final int COUNT = 60_000;

  /** 16 bytes whose hash with the seed is the same for each number. */
  private static byte[] value(long seed, long number) {
    long first = CounterRandom.mix(CounterRandom.mix(seed + 16) ^ number) * 5 + 0x52dce729L;
    return ByteBuffer.allocate(16)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(number)
        .putLong(first ^ 77)
        .array();
  }

  /** Comparing the values one by one would take minutes. */
  @Test
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void areSortedAndFoundByHalvesBesideOthers() {
    Random random = new Random(3);
    int others = 1000;
    int n = COUNT + others;
    byte[][] values = new byte[n][];
    int[] offsets = new int[n + 1];
    byte[] bytes = new byte[16 * COUNT + 10 * others];
    int[] ids = new int[n];
    for (int i = 0; i < n; i++) {
      values[i] = i < COUNT ? value(0, random.nextLong()) : new byte[10];
      if (i >= COUNT) {
        random.nextBytes(values[i]);
      }
      System.arraycopy(values[i], 0, bytes, offsets[i], values[i].length);
      offsets[i + 1] = offsets[i] + values[i].length;
      ids[i] = 2 + i;
    }
    assertThat(ByteHash.of(0, values[0], 0, 16)).isEqualTo(ByteHash.of(0, values[1], 0, 16));
    VocabularyShard shard = VocabularyShard.of(n, new short[n], ids, offsets, bytes);
    Vocabulary vocabulary = new Vocabulary(List.of("f"), 1, new int[] {0}, List.of(shard));
    for (int i = 0; i < n; i++) {
      assertThat(vocabulary.id(0, values[i], 0, values[i].length)).isEqualTo(2 + i);
    }
    for (int i = 0; i < COUNT; i++) {
      byte[] unknown = value(0, random.nextLong());
      assertThat(vocabulary.id(0, unknown, 0, 16)).isEqualTo(1);
    }
  }
}

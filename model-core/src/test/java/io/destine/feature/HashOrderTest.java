package io.destine.feature;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HashOrderTest {
  /**
   * In random and in descending order, for which insertion sort needs at least n^2 / 4 comparisons.
   */
  @ParameterizedTest
  @ValueSource(longs = {0, 42, -1})
  void equalHashesAreSortedInNLogN(long hash) {
    int count = 1 << 17;
    long[] hashes = new long[count];
    Arrays.fill(hashes, 100, count - 100, hash);
    int[] keys = new Random(1).ints(count).toArray();
    for (int i = count / 2; i < count; i++) {
      keys[i] = -i;
    }
    long[] compared = new long[1];
    HashOrder.Ties ties =
        (a, b) -> {
          compared[0]++;
          return keys[a] != keys[b] ? Integer.compare(keys[a], keys[b]) : Integer.compare(a, b);
        };
    int[] order = HashOrder.of(hashes, count, ties);
    assertThat(compared[0]).isLessThan(100L * count);
    for (int i = 1; i < count; i++) {
      int sign = Long.compareUnsigned(hashes[order[i - 1]], hashes[order[i]]);
      assertThat(sign != 0 ? sign : ties.compare(order[i - 1], order[i])).isNegative();
    }
  }

  /**
   * With few distinct high bits most keys differ only in the bits and ties that are compared
   * afterwards.
   */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 1000})
  void placesAreInOrderOfUnsignedHashesAndThenOfTies(int count) {
    Random random = new Random(count);
    for (long mask : new long[] {-1, 0xC000_0000_0000_0007L, 3}) {
      long[] hashes = random.longs(count + 5).map(h -> h & mask).toArray();
      int[] weights = random.ints(count + 5, 0, 3).toArray();
      Comparator<Integer> ties =
          Comparator.<Integer>comparingInt(i -> weights[i]).thenComparing(i -> i);
      int[] expected =
          IntStream.range(0, count)
              .boxed()
              .sorted(
                  Comparator.<Integer>comparingLong(i -> hashes[i] ^ Long.MIN_VALUE)
                      .thenComparing(ties))
              .mapToInt(Integer::intValue)
              .toArray();
      assertThat(HashOrder.of(hashes, count, (a, b) -> ties.compare(a, b))).isEqualTo(expected);
    }
  }
}

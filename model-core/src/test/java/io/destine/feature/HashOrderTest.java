package io.destine.feature;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HashOrderTest {
  /** With few distinct high bits most keys are equal but for what is compared afterwards. */
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

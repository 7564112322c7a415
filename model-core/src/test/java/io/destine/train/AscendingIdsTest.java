package io.destine.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class AscendingIdsTest {

  @Property
  void unionHasEveryIdOnce(
      @ForAll @IntRange(max = 30) int[] a, @ForAll @IntRange(max = 30) int[] b) {
    int[] left = IntStream.of(a).sorted().distinct().toArray();
    int[] right = IntStream.of(b).sorted().distinct().toArray();
    int[] expected =
        IntStream.concat(IntStream.of(a), IntStream.of(b)).sorted().distinct().toArray();
    assertThat(AscendingIds.union(left, right)).isEqualTo(expected);
  }
}

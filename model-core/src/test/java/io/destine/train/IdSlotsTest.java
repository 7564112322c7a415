package io.destine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class IdSlotsTest {

  @Property(tries = 60)
  void everyIdKeepsTheSlotOfItsFirstAppearance(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 31) int bits) {
    Random random = new Random(seed);
    IdSlots slots = new IdSlots(4);
    Map<Integer, Integer> expected = new HashMap<>();
    for (int i = 0; i < 3000; i++) {
      int id = random.nextInt() >>> (32 - bits);
      int next = expected.size();
      assertThat(slots.slot(id)).isEqualTo(expected.computeIfAbsent(id, key -> next));
    }
    assertThat(slots.size()).isEqualTo(expected.size());
    int[] ascending = expected.keySet().stream().mapToInt(id -> id).sorted().toArray();
    assertThat(slots.ids()).isEqualTo(ascending);
    int[] order = slots.slotsById();
    assertThat(Arrays.stream(order).map(slots::id).toArray()).isEqualTo(ascending);
    assertThat(slots.ids(order)).isEqualTo(ascending);
    assertPairs(slots, ascending);
    int more = ascending[ascending.length - 1] / 2;
    slots.slot(more);
    assertPairs(slots, IntStream.concat(Arrays.stream(ascending), IntStream.of(more)).toArray());
    slots.clear();
    slots.slot(9);
    slots.slot(2);
    assertPairs(slots, 2, 9);
  }

  private static void assertPairs(IdSlots slots, int... ids) {
    int[] ascending = Arrays.stream(ids).sorted().distinct().toArray();
    long[] pairs = Arrays.copyOf(slots.pairsById(), slots.size());
    assertThat(pairs)
        .isEqualTo(
            Arrays.stream(ascending).mapToLong(id -> ((long) id << 32) | slots.slot(id)).toArray());
  }

  @Test
  void ascendingIdsHaveTheirPlacesAsSlotsAndMayBeAddedTo() {
    IdSlots slots = IdSlots.ofAscending(new int[] {0, 5, Integer.MAX_VALUE});
    assertThat(slots.slotsById()).containsExactly(0, 1, 2);
    assertThat(slots.slot(5)).isEqualTo(1);
    assertThat(slots.slot(0)).isZero();
    assertThat(slots.slot(3)).isEqualTo(3);
    assertThat(slots.ids()).containsExactly(0, 3, 5, Integer.MAX_VALUE);
    assertThat(IdSlots.ofAscending(new int[0]).slot(7)).isZero();
  }

  @Test
  void aNegativeIdIsRefused() {
    assertThatThrownBy(() -> new IdSlots(4).slot(-3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("an id must not be negative, got -3");
  }
}

package io.destine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class IdRowsTest {

  private static int[] ids(IdRows rows) {
    return Arrays.copyOf(rows.ids(), rows.size());
  }

  @Property(tries = 60)
  void everyIdKeepsTheRowOfItsFirstAppearance(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 31) int bits) {
    Random random = new Random(seed);
    IdRows rows = new IdRows(4);
    Map<Integer, Integer> expected = new HashMap<>();
    for (int i = 0; i < 3000; i++) {
      int id = random.nextInt() >>> (32 - bits);
      int next = expected.size();
      assertThat(rows.row(id)).isEqualTo(expected.computeIfAbsent(id, key -> next));
    }
    assertThat(rows.size()).isEqualTo(expected.size());
    expected.forEach((id, row) -> assertThat(rows.ids()[row]).isEqualTo(id));
    assertThat(rows.ascending())
        .isEqualTo(expected.keySet().stream().mapToInt(id -> id).sorted().toArray());
    rows.clear();
    rows.row(9);
    rows.row(2);
    assertThat(ids(rows)).containsExactly(9, 2);
  }

  @Test
  void givenIdsHaveRowsInTheirOrderAndMayBeAddedTo() {
    int[] given = {0, 5, Integer.MAX_VALUE};
    IdRows rows = new IdRows(4);
    rows.row(7);
    rows.set(given);
    assertThat(rows.row(5)).isEqualTo(1);
    assertThat(rows.row(0)).isZero();
    assertThat(rows.row(3)).isEqualTo(3);
    assertThat(rows.ascending()).containsExactly(0, 3, 5, Integer.MAX_VALUE);
    rows.set(new int[0]);
    assertThat(rows.row(7)).isZero();
    assertThat(given).containsExactly(0, 5, Integer.MAX_VALUE);
  }

  @Test
  void replacedIdsKeepTheirRows() {
    IdRows rows = new IdRows(4);
    rows.setIdentity(3);
    assertThat(rows.row(2)).isEqualTo(2);
    rows.replace(new int[] {10, 20, 30});
    assertThat(ids(rows)).containsExactly(10, 20, 30);
    assertThat(rows.row(30)).isEqualTo(2);
    assertThat(rows.row(2)).isEqualTo(3);
  }

  @Test
  void aNegativeIdIsRefused() {
    assertThatThrownBy(() -> new IdRows(4).row(-3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("an id must not be negative, got -3");
  }
}

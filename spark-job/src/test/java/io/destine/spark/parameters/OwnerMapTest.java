package io.destine.spark.parameters;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.feature.EncodedBatch;
import io.destine.spark.internals.Address;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OwnerMapTest {
  private static OwnerMap map(int owners, int rows) {
    return OwnerMap.of(
        IntStream.range(0, owners).mapToObj(o -> new Address("host", 1 + o)).toList(), rows);
  }

  /** An owner's own list of ids is the inverse of the places that tasks compute. */
  @ParameterizedTest
  @CsvSource({"1, 5000", "2, 5000", "3, 5000", "7, 100", "50, 40000", "1024, 3000", "1500, 3000"})
  void everyRowHasOneOwnerAndAPlaceThatItKnows(int owners, int rows) {
    OwnerMap map = map(owners, rows);
    int[] seen = new int[rows];
    for (int owner = 0; owner < owners; owner++) {
      int[] ids = OwnerMap.ids(owner, owners, rows);
      assertThat(ids).hasSize(map.begin(owner + 1) - map.begin(owner));
      for (int row = 0; row < ids.length; row++) {
        if (ids[row] < rows) {
          assertThat(map.place(ids[row])).isEqualTo(map.begin(owner) + row);
          seen[ids[row]]++;
        }
      }
    }
    assertThat(seen).containsOnly(1);
    int most =
        IntStream.range(0, owners).map(o -> map.begin(o + 1) - map.begin(o)).max().orElseThrow();
    assertThat(OwnerMap.mostRows(owners, rows)).isEqualTo(most);
  }

  /**
   * Neighbouring ids have similar frequencies, and the frequent ids of a field can begin at any id.
   */
  @Test
  void neighboursAreSpreadEvenly() {
    OwnerMap map = map(10, 1_000_000);
    int[] head = IntStream.range(123_456, 123_456 + 1000).map(map::place).sorted().toArray();
    int[] counts = new int[10];
    for (int owner = 0; owner < 10; owner++) {
      counts[owner] = map.from(owner + 1, head) - map.from(owner, head);
    }
    assertThat(Arrays.stream(counts).sum()).isEqualTo(1000);
    for (int n : counts) {
      assertThat(n).isBetween(95, 105);
    }
  }

  @Test
  void placesOfOneOwnerThatIsTheDriverAreIds() {
    OwnerMap map = OwnerMap.of(new Address("driver", 1), 100);
    EncodedBatch rows = EncodedBatch.ofIds(new int[] {7, 99}, new float[1]);
    assertThat(map.placed(rows)).isSameAs(rows);
    assertThat(map.place(99)).isEqualTo(99);
    OwnerMap two = map(2, 100);
    assertThat(two.placed(rows).ids()).containsExactly(two.place(7), two.place(99));
    assertThat(List.of(two.owners(), two.ids())).containsExactly(2, 100);
  }
}

package io.destine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.config.ModelConfig;
import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.param.ParameterLayout;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class DistinctIdsTest {
  private static final int ROWS = 40;
  private static final ParameterLayout LAYOUT =
      ParameterLayout.of(
          ModelConfig.interaction().embeddingDim(3).layers(1).wide(true).build(),
          FieldLayout.ofIds(2));

  private static EncodedBatch batch(Random random, int bits) {
    int[] ids = random.ints(2 * ROWS).map(id -> id >>> (32 - bits)).toArray();
    int[] offsets = IntStream.rangeClosed(0, ROWS).map(n -> 2 * n).toArray();
    int[] multi = random.ints(2 * ROWS).map(id -> id >>> (32 - bits)).toArray();
    return new EncodedBatch(7, ids, offsets, multi, null, new float[ROWS], null, null, null);
  }

  private static int[] restored(int[] places, int[] ids) {
    return Arrays.stream(places).map(place -> ids[place]).toArray();
  }

  @Property(tries = 40)
  void placesAmongTheDistinctIdsStandForTheIds(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 31) int bits) {
    Random random = new Random(seed);
    List<EncodedBatch> rows = List.of(batch(random, bits), batch(random, bits));
    DistinctIds distinct = DistinctIds.of(rows);
    int[] expected =
        rows.stream()
            .flatMapToInt(
                b -> IntStream.concat(Arrays.stream(b.ids()), Arrays.stream(b.multiIds())))
            .sorted()
            .distinct()
            .toArray();
    assertThat(distinct.ids()).isEqualTo(expected);
    for (int i = 0; i < rows.size(); i++) {
      EncodedBatch placed = distinct.batches().get(i);
      assertThat(restored(placed.ids(), expected)).isEqualTo(rows.get(i).ids());
      assertThat(restored(placed.multiIds(), expected)).isEqualTo(rows.get(i).multiIds());
      assertThat(placed.key(3)).isEqualTo(rows.get(i).key(3));
    }
  }

  @Test
  void rowsWithoutIdsHaveNone() {
    EncodedBatch none =
        new EncodedBatch(0, new int[0], null, null, null, new float[1], null, null, null);
    assertThat(DistinctIds.of(List.of(none)).ids()).isEmpty();
  }

  @Test
  void aNegativeIdIsNamed() {
    EncodedBatch rows = EncodedBatch.ofIds(new int[] {3, -7, 1}, new float[3]);
    assertThatThrownBy(() -> DistinctIds.of(List.of(rows)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("an id must not be negative, got -7");
  }

  /** A sum over indices of ids is serialized to the same bytes as the sum over the ids. */
  @Property(tries = 40)
  void aSumOverPlacesBecomesTheSumOverIds(@ForAll long seed) throws IOException {
    Random random = new Random(seed);
    EncodedBatch rows = batch(random, 12);
    DistinctIds distinct = DistinctIds.of(List.of(rows));
    GradientSum byIds = new GradientSum(LAYOUT, 30);
    int places = distinct.ids().length;
    GradientSum byPlaces = new GradientSum(LAYOUT, 30);
    for (int turn = 0; turn < 3; turn++) {
      EncodedBatch placed = distinct.batches().get(0);
      for (int i = 0; i < rows.ids().length; i++) {
        float[] values = {random.nextFloat(), random.nextFloat() - 1, 1};
        byIds.addEmbedding(rows.ids()[i], values, 0);
        byPlaces.addEmbedding(placed.ids()[i], values, 0);
        byIds.addWide(rows.multiIds()[i], values[0]);
        byPlaces.addWide(placed.multiIds()[i], values[0]);
      }
      byPlaces.replaceIds(distinct.ids());
      assertThat(written(byPlaces)).isEqualTo(written(byIds));
      // Its memory serves the next sum.
      byIds.release();
      byPlaces.release();
      byIds = new GradientSum(LAYOUT, 30);
      byPlaces = turn == 0 ? GradientSum.ofPlaces(LAYOUT, 30, places) : new GradientSum(LAYOUT, 30);
    }
  }

  private static byte[] written(GradientSum sum) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      sum.writeExternal(out);
    }
    return bytes.toByteArray();
  }
}

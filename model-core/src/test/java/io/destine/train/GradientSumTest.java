package io.destine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.destine.config.ModelConfig;
import io.destine.feature.FieldLayout;
import io.destine.param.Gradient;
import io.destine.param.GradientSink;
import io.destine.param.ParameterLayout;
import io.destine.testing.Serialized;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.StreamCorruptedException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GradientSumTest {
  private static final ParameterLayout LAYOUT =
      ParameterLayout.of(
          ModelConfig.interaction()
              .embeddingDim(3)
              .heads(1)
              .headDim(2)
              .layers(1)
              .wide(true)
              .build(),
          FieldLayout.ofIds(2));

  private static GradientSum sum() {
    return new GradientSum(LAYOUT, 44);
  }

  private static void addRandom(GradientSink sink, Random random) {
    float[] dense = new float[LAYOUT.denseSize()];
    for (int i = 0; i < dense.length; i++) {
      dense[i] = (float) (random.nextGaussian() * Math.pow(10, random.nextInt(8) - 5));
    }
    sink.addDense(0, dense, 0, dense.length);
    float[] row = new float[3];
    for (int k = 0; k < 5; k++) {
      int id = random.nextInt(8);
      for (int i = 0; i < 3; i++) {
        row[i] = (float) random.nextGaussian();
      }
      sink.addEmbedding(id, row, 0);
      sink.addWide(id, random.nextGaussian());
    }
    sink.addLoss(random.nextDouble(), 1, 1);
  }

  /** The variance of a unit over vectors that are not normalised, in 16 blocks of a batch. */
  @ParameterizedTest
  @ValueSource(ints = {64, 1024, 65536})
  void statisticsMayBeFarAboveGradients(int batch) {
    double variance = 100_000.125;
    ModelConfig config =
        ModelConfig.interaction()
            .embeddingDim(3)
            .layers(0)
            .deep(List.of(2))
            .batchNorm(true)
            .build();
    ParameterLayout layout = ParameterLayout.of(config, FieldLayout.ofIds(2));
    double[] timesRows = new double[layout.statisticsSize()];
    Arrays.fill(timesRows, variance * batch / 16);
    GradientSum all = new GradientSum();
    for (int block = 0; block < 16; block++) {
      GradientSum sum = new GradientSum(layout, GradientSum.bitsFor(batch, 1));
      sum.addStatistics(timesRows);
      all = all.merge(sum);
    }
    assertThat(all.failure()).isNull();
    assertThat(all.toGradient().statistics()).hasSizeGreaterThan(3).containsOnly(variance * batch);
  }

  @Property(tries = 50)
  void mergesInAnyOrderAndGroupingGiveTheSameBits(
      @ForAll long seed, @ForAll @IntRange(min = 2, max = 9) int parts) {
    GradientSum whole = sum();
    List<GradientSum> pieces = new ArrayList<>();
    Random random = new Random(seed);
    for (int i = 0; i < parts; i++) {
      long pieceSeed = random.nextLong();
      addRandom(whole, new Random(pieceSeed));
      GradientSum piece = sum();
      addRandom(piece, new Random(pieceSeed));
      pieces.add(piece);
    }
    pieces.add(new GradientSum());
    Collections.shuffle(pieces, random);
    while (pieces.size() > 1) {
      int at = random.nextInt(pieces.size() - 1);
      GradientSum right = pieces.remove(at + 1);
      pieces.set(at, pieces.get(at).merge(right));
    }
    assertSameBits(pieces.get(0).toGradient(), whole.toGradient());
  }

  private static void addManyRows(GradientSink sink, int seed) {
    Random random = new Random(seed);
    float[] row = new float[3];
    for (int k = 0; k < 3000; k++) {
      int id = random.nextInt(10) == 0 ? random.nextInt(1 << 30) : random.nextInt(5000);
      for (int i = 0; i < 3; i++) {
        row[i] = (float) random.nextGaussian();
      }
      sink.addEmbedding(id, row, 0);
      sink.addWide(id, random.nextGaussian());
    }
    sink.addLoss(random.nextDouble(), 1, 3000);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 8})
  void rowsSideBySideHaveTheBitsOfOneSum(int parts) throws IOException, ClassNotFoundException {
    GradientSum whole = sum();
    GradientSum merged = new GradientSum();
    for (int p = 0; p < parts; p++) {
      addManyRows(whole, p);
      GradientSum part = sum();
      addManyRows(part, p);
      merged = merged.merge(part);
    }
    assertSameBits(merged.toGradient(), whole.toGradient());
    addManyRows(merged, 99);
    addManyRows(whole, 99);
    assertSameBits(merged.toGradient(), whole.toGradient());
    assertSameBits(Serialized.copy(merged).toGradient(), whole.toGradient());
    GradientSum behind = sum();
    addManyRows(behind, 100);
    addManyRows(whole, 100);
    assertSameBits(behind.merge(merged).toGradient(), whole.toGradient());
  }

  @Test
  void someRowsOfAGradientAreReadAsAllAre() {
    GradientSum sum = sum();
    GradientSum other = sum();
    addManyRows(sum, 1);
    addManyRows(other, 2);
    Gradient gradient = sum.merge(other).toGradient();
    double[] all = gradient.embedding();
    double[] some = new double[7 * 3];
    for (int from : new int[] {0, 1, 100, gradient.ids().length - 7}) {
      gradient.embeddingRows().read(from, 7, some);
      assertThat(some).isEqualTo(Arrays.copyOfRange(all, 3 * from, 3 * from + 21));
    }
  }

  @Test
  void memoryThatHasBeenReleasedIsUsedAgainWithoutItsNumbers() {
    for (int turn = 0; turn < 3; turn++) {
      GradientSum sum = sum();
      GradientSum other = sum();
      sum.addEmbedding(turn, new float[] {1, 2, 3}, 0);
      other.addEmbedding(turn + 1, new float[] {4, 5, 6}, 0);
      GradientSum merged = sum.merge(other);
      Gradient gradient = merged.toGradient();
      assertThat(gradient.ids()).containsExactly(turn, turn + 1);
      assertThat(gradient.embedding()).containsExactly(1, 2, 3, 4, 5, 6);
      assertThat(gradient.wide()).containsExactly(0, 0);
      merged.release();
    }
  }

  static void assertSameBits(Gradient found, Gradient expected) {
    assertThat(found.dense()).isEqualTo(expected.dense());
    assertThat(found.ids()).isEqualTo(expected.ids());
    assertThat(found.embedding()).isEqualTo(expected.embedding());
    assertThat(found.wide()).isEqualTo(expected.wide());
    assertThat(found.loss()).isEqualTo(expected.loss());
    assertThat(found.weight()).isEqualTo(expected.weight());
    assertThat(found.rows()).isEqualTo(expected.rows());
  }

  @Test
  void isWithinOneRoundingOfTheFloatingSum() {
    GradientSum fixed = sum();
    FloatingGradientSum floating = new FloatingGradientSum(LAYOUT);
    for (int i = 0; i < 100; i++) {
      addRandom(fixed, new Random(i));
      addRandom(floating, new Random(i));
    }
    Gradient expected = floating.toGradient();
    Gradient found = fixed.toGradient();
    assertThat(found.ids()).isEqualTo(expected.ids());
    for (int i = 0; i < expected.dense().length; i++) {
      assertThat(found.dense()[i]).isCloseTo(expected.dense()[i], within(100 * 0x1p-44));
    }
    for (int i = 0; i < expected.embedding().length; i++) {
      assertThat(found.embedding()[i]).isCloseTo(expected.embedding()[i], within(500 * 0x1p-44));
    }
  }

  @Test
  void conversionRoundsToTheNearestMultipleTiesToEven() {
    GradientFixedPoint fixed = new GradientFixedPoint(44);
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      double x = random.nextGaussian() * Math.pow(2, random.nextInt(60) - 47);
      if (i % 3 == 0) {
        x = (random.nextInt(1000) + 0.5) * 0x1p-44;
      }
      long expected =
          new BigDecimal(x)
              .multiply(BigDecimal.valueOf(1L << 44))
              .setScale(0, RoundingMode.HALF_EVEN)
              .longValueExact();
      assertThat(fixed.convert(x)).as("x = " + x).isEqualTo(expected);
    }
  }

  @Test
  void largeNumbersTakeTheSlowWayToTheSameSum() {
    GradientFixedPoint fixed = new GradientFixedPoint(44);
    long[] sums = new long[2];
    fixed.add(sums, 0, new float[] {1000.25f, 0.5f}, 0, 2);
    fixed.add(sums, 0, new float[] {-1000f, 0.25f}, 0, 2);
    assertThat(fixed.toDoubles(sums, 2)).containsExactly(0.25, 0.75);
  }

  @Test
  void notFiniteAndTooLargeAreRefused() {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, 1e30f}) {
      assertThatThrownBy(() -> sum().addDense(0, new float[] {bad}, 0, 1))
          .isInstanceOf(ArithmeticException.class)
          .hasMessageContaining("must be finite");
    }
  }

  @Test
  void overflowOfASumIsRefused() {
    GradientSum sum = sum();
    float[] large = {200_000f};
    sum.addDense(0, large, 0, 1);
    sum.addDense(0, large, 0, 1);
    assertThatThrownBy(() -> sum.addDense(0, large, 0, 1)).isInstanceOf(ArithmeticException.class);
  }

  @Test
  void overflowOfARowsSumIsRefusedHoweverItGrew() throws IOException, ClassNotFoundException {
    // The largest number below 2^7, converted without a branch: 2^12 fit, one more does not.
    float[] fast = {Math.nextDown(128f), 1, 1};
    for (boolean travels : new boolean[] {false, true}) {
      GradientSum sum = sum();
      for (int i = 0; i < 4096; i++) {
        sum.addEmbedding(5, fast, 0);
      }
      assertThat(sum.toGradient().embedding()[0]).isEqualTo(4096.0 * fast[0]);
      GradientSum full = travels ? Serialized.copy(sum) : sum;
      assertThatThrownBy(() -> full.addEmbedding(5, fast, 0))
          .isInstanceOf(ArithmeticException.class)
          .hasMessageContaining("overflow");
    }
    GradientSum slow = sum();
    slow.addEmbedding(5, new float[] {200_000, 0, 0}, 0);
    slow.addEmbedding(5, new double[] {200_000, 0, 0}, 0);
    assertThatThrownBy(() -> slow.addEmbedding(5, new float[] {200_000, 0, 0}, 0))
        .isInstanceOf(ArithmeticException.class);
    GradientSum wide = sum();
    for (int i = 0; i < 2; i++) {
      wide.addWide(5, 200_000);
    }
    assertThatThrownBy(() -> wide.addWide(5, 200_000)).isInstanceOf(ArithmeticException.class);
  }

  @Test
  void overflowOfAMergeIsNamed() {
    GradientSum sum = sum();
    for (int i = 0; i < 3; i++) {
      GradientSum other = sum();
      other.addEmbedding(1, new float[] {0, 200_000, 0}, 0);
      sum = sum.merge(other);
    }
    assertThat(sum.failure()).contains("must fit in 64 bits");
  }

  @Test
  void notFiniteAmongManyRowsIsRefused() {
    for (float bad : new float[] {Float.NaN, Float.NEGATIVE_INFINITY, -1e30f}) {
      float[] values = new float[300];
      values[250] = bad;
      assertThatThrownBy(() -> sum().addEmbeddings(new int[100], 0, 100, values, 0, 3))
          .isInstanceOf(ArithmeticException.class)
          .hasMessageContaining("must be finite");
    }
  }

  @Test
  void bitsLeaveRoomForTheBatch() {
    assertThat(GradientSum.bitsFor(1024, 1)).isEqualTo(44);
    assertThat(GradientSum.bitsFor(1 << 20, 1)).isEqualTo(61 - 26);
    assertThat(GradientSum.bitsFor(1 << 20, 1024)).isEqualTo(61 - 36);
  }

  @Test
  void growsWithTheNumberOfIds() {
    GradientSum sum = sum();
    GradientSum other = sum();
    for (int id = 0; id < 5000; id++) {
      sum.addEmbedding(id, new float[] {id, 1, 2}, 0);
      sum.addWide(id, id);
      other.addEmbedding(id + 2500, new double[] {0.5, 0, 0}, 0);
    }
    Gradient gradient = sum.merge(other).toGradient();
    assertThat(gradient.ids()).hasSize(7500);
    for (int id = 0; id < 7500; id++) {
      double expected = (id < 5000 ? id : 0) + (id >= 2500 ? 0.5 : 0);
      assertThat(gradient.embedding()[3 * id]).isEqualTo(expected);
      assertThat(gradient.wide()[id]).isEqualTo(id < 5000 ? id : 0);
    }
  }

  @Test
  void travelsUnchanged() throws IOException, ClassNotFoundException {
    GradientSum sum = sum();
    for (int i = 0; i < 10; i++) {
      addRandom(sum, new Random(i));
    }
    Gradient expected = sum.toGradient();
    GradientSum copy = Serialized.copy(sum);
    assertSameBits(copy.toGradient(), expected);
    addRandom(copy, new Random(99));
    addRandom(sum, new Random(99));
    assertSameBits(copy.toGradient(), sum.toGradient());
    assertThat(Serialized.copy(new GradientSum()).isEmpty()).isTrue();
  }

  @Test
  void severalIdsAtOnceGiveTheBitsOfOneByOne() {
    Random random = new Random(5);
    int n = 5000;
    int stride = 5;
    int[] ids = random.ints(n + 3, 0, 3000).toArray();
    float[] values = new float[2 + n * stride];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextGaussian() * Math.pow(2, random.nextInt(30) - 20));
    }
    GradientSum together = sum();
    GradientSum single = sum();
    together.addEmbeddings(ids, 3, n, values, 2, stride);
    together.addWide(ids, 3, n, 0.3);
    for (int i = 0; i < n; i++) {
      single.addEmbedding(ids[3 + i], values, 2 + i * stride);
      single.addWide(ids[3 + i], 0.3);
    }
    assertSameBits(together.toGradient(), single.toGradient());
  }

  @Test
  void aLargeSumTravelsUnchangedAndMerges() throws IOException, ClassNotFoundException {
    GradientSum sum = sum();
    GradientSum other = sum();
    Random random = new Random(3);
    for (int i = 0; i < 8000; i++) {
      float[] row = {(float) random.nextGaussian(), random.nextInt(100_000), 0};
      (i % 3 == 0 ? other : sum).addEmbedding(random.nextInt(1 << 30), row, 0);
    }
    GradientSum travelled = Serialized.copy(sum).merge(Serialized.copy(other));
    GradientSum merged = sum.merge(other);
    assertSameBits(travelled.toGradient(), merged.toGradient());
  }

  @Test
  void bytesThatAreNoSumAreRefused() throws IOException {
    assertRefused(0, 77, "format must be in [4, 4], got 77");
    assertRefused(1, 60, "bits must be in [1, 44], got 60");
    assertRefused(2, -1, "embedding dimension must be in [1, 65536]");
    assertRefused(37, -1, "number of dense sums must be in");
  }

  /** Overwrites one byte of a sum's own bytes. */
  private static void assertRefused(int at, int value, String message) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      sum().writeExternal(out);
    }
    byte[] wire = bytes.toByteArray();
    int head = 6;
    wire[head + at] = (byte) value;
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(wire))) {
      assertThatThrownBy(() -> new GradientSum().readExternal(in))
          .isInstanceOf(StreamCorruptedException.class)
          .hasMessageContaining(message);
    }
  }

  @Test
  void theLowestFailedPartitionIsNamed() throws IOException, ClassNotFoundException {
    GradientSum a = sum();
    a.fail(7, "seven");
    GradientSum b = sum();
    b.fail(3, "three");
    assertThat(Serialized.copy(a.merge(b)).failure()).isEqualTo("block 3: three");
    assertThat(sum().failure()).isNull();
  }
}

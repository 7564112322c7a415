package io.destine.cross;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.destine.feature.LabelRate;
import io.destine.metric.Logits;
import io.destine.random.CounterRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntBinaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CrossSearchTest {
  private static final int FIELDS = 8;
  private static final int VALUES = 6;

  private static double uniform(long seed, long n) {
    return (CounterRandom.mix(CounterRandom.mix(seed) + n) >>> 11) * 0x1p-53;
  }

  /**
   * The effect of a value or of a combination of values, with a standard deviation of about one.
   */
  private static double effect(long what) {
    return 3.4 * (uniform(77, what) - 0.5);
  }

  /** Rows of independent fields, whose logit has an effect of each field and of each cross. */
  private static CrossSample sample(int rows, long seed, List<List<Integer>> crosses) {
    int[][] values = new int[FIELDS][rows];
    byte[] labels = new byte[rows];
    byte[] parts = new byte[rows];
    byte[] folds = new byte[rows];
    for (int n = 0; n < rows; n++) {
      double logit = -1;
      for (int f = 0; f < FIELDS; f++) {
        values[f][n] = (int) (VALUES * uniform(seed + f, n));
        logit += 0.3 * effect(f * 1000L + values[f][n]);
      }
      for (List<Integer> cross : crosses) {
        long code = cross.hashCode();
        for (int f : cross) {
          code = 31 * code + values[f][n];
        }
        logit += effect(code * 7919);
      }
      labels[n] = (byte) (uniform(seed + 99, n) < Logits.probability(logit) ? 1 : 0);
      parts[n] = CrossSample.part(CounterRandom.mix(seed + n));
      folds[n] = (byte) LabelRate.fold(CounterRandom.mix(seed + n));
    }
    return sample(values, labels, parts, folds);
  }

  /** The sample with values numbered in order of appearance. */
  private static CrossSample sample(int[][] values, byte[] labels, byte[] parts, byte[] folds) {
    int[] counts = new int[values.length];
    for (int f = 0; f < values.length; f++) {
      Map<Integer, Integer> numbers = new HashMap<>();
      for (int n = 0; n < labels.length; n++) {
        values[f][n] = numbers.computeIfAbsent(values[f][n], value -> numbers.size());
      }
      counts[f] = numbers.size();
    }
    return new CrossSample(values, counts, labels, null, parts, folds);
  }

  private static List<List<Integer>> found(CrossSample sample) {
    return new CrossSearch(sample, 8, 4).run().stream().map(CrossSearch.Chosen::fields).toList();
  }

  @Test
  void plantedCrossesAreFound() {
    List<List<Integer>> planted = List.of(List.of(0, 3), List.of(1, 6), List.of(2, 4, 5));
    List<List<Integer>> found = found(sample(60_000, 5, planted));
    assertThat(found).contains(List.of(0, 3), List.of(1, 6), List.of(2, 4, 5));
    // On the way to the triple its pairs are found.
    assertThat(found)
        .allMatch(cross -> planted.stream().anyMatch(whole -> whole.containsAll(cross)));
  }

  /**
   * The logit of a value of 3 % of the rows is 2.6 above the mean's: its first Newton step, about
   * 9, would go far beyond.
   */
  @Test
  void aFrequentValueWithAHighRateAmongRareLabelsMakesNoFalseCrosses() {
    int rows = 200_000;
    int[][] values = new int[4][rows];
    byte[] labels = new byte[rows];
    byte[] parts = new byte[rows];
    byte[] folds = new byte[rows];
    for (int n = 0; n < rows; n++) {
      for (int f = 0; f < values.length; f++) {
        values[f][n] = (int) (VALUES * uniform(f, n));
      }
      values[0][n] = uniform(50, n) < 0.03 ? 0 : 1 + values[0][n] % (VALUES - 1);
      boolean both = values[1][n] % 2 == values[3][n] % 2;
      double logit = -4.8 + (values[0][n] == 0 ? 2.6 : 0) + (both ? 0.8 : -0.8);
      labels[n] = (byte) (uniform(99, n) < Logits.probability(logit) ? 1 : 0);
      parts[n] = CrossSample.part(CounterRandom.mix(n));
      folds[n] = (byte) LabelRate.fold(CounterRandom.mix(n));
    }
    assertThat(found(sample(values, labels, parts, folds))).containsExactly(List.of(1, 3));
  }

  @Test
  void noneIsFoundWhereThereIsNone() {
    for (long seed = 1; seed <= 5; seed++) {
      assertThat(found(sample(20_000, 1000 * seed, List.of()))).as("seed %d", seed).isEmpty();
    }
  }

  @Test
  void theNumberOfCrossesAndOfTheirFieldsIsLimited() {
    List<List<Integer>> planted = List.of(List.of(0, 3), List.of(1, 6), List.of(2, 4, 5));
    CrossSample sample = sample(60_000, 5, planted);
    assertThat(new CrossSearch(sample, 2, 4).run()).hasSize(2);
    assertThat(new CrossSearch(sample, 8, 2).run()).allMatch(chosen -> chosen.fields().size() == 2);
  }

  @Test
  void fieldsThatFollowFromOthersMakeNoCrosses() {
    CrossSample plain = sample(6000, 5, List.of(List.of(1, 2, 4)));
    int[][] values = plain.values();
    for (int n = 0; n < plain.rows(); n++) {
      values[6][n] = values[1][n] * VALUES + values[2][n];
      values[7][n] = values[2][n] % 3;
    }
    CrossSample sample = sample(values, plain.labels(), plain.parts(), plain.folds());
    List<List<Integer>> found = found(sample);
    assertThat(found).isNotEmpty();
    assertThat(found.stream().map(fields -> groupsOfRows(sample, fields)))
        .doesNotHaveDuplicates()
        .doesNotContain(groupsOfRows(sample, List.of(6)));
  }

  /** The crosses of each key with its attributes have larger estimates than any other. */
  @Test
  void keysWithManyAttributesHideNoCross() {
    int rows = 30_000;
    int attributes = 11;
    int[][] values = new int[2 * attributes + 4][rows];
    byte[] labels = new byte[rows];
    byte[] parts = new byte[rows];
    byte[] folds = new byte[rows];
    int first = 2 * attributes + 2;
    for (int n = 0; n < rows; n++) {
      for (int key = 0; key < 2; key++) {
        int value = (int) (rows / 12 * uniform(10 + key, n));
        values[key][n] = value;
        for (int a = 0; a < attributes; a++) {
          values[2 + key * attributes + a][n] = (int) (VALUES * uniform(20 + a, 2L * value + key));
        }
      }
      for (int f = first; f < first + 2; f++) {
        values[f][n] = (int) (VALUES * uniform(f, n));
      }
      boolean both = values[first][n] % 2 == values[first + 1][n] % 2;
      double logit = effect(values[0][n]) + effect(10_000 + values[1][n]) + (both ? 0.35 : -0.35);
      labels[n] = (byte) (uniform(99, n) < Logits.probability(logit) ? 1 : 0);
      parts[n] = CrossSample.part(CounterRandom.mix(n));
      folds[n] = (byte) LabelRate.fold(CounterRandom.mix(n));
    }
    assertThat(found(sample(values, labels, parts, folds)))
        .containsExactly(List.of(first, first + 1));
  }

  /** For each row, the first row with the same values. */
  private static List<Integer> groupsOfRows(CrossSample sample, List<Integer> fields) {
    Map<List<Integer>, Integer> first = new HashMap<>();
    List<Integer> groups = new ArrayList<>();
    for (int n = 0; n < sample.rows(); n++) {
      int row = n;
      List<Integer> values = fields.stream().map(f -> sample.values()[f][row]).toList();
      groups.add(first.computeIfAbsent(values, key -> row));
    }
    return groups;
  }

  @Test
  void gainsAddUpToTheLossOfTheModelWithAllCrosses() {
    CrossSample sample = sample(60_000, 5, List.of(List.of(0, 3), List.of(1, 6)));
    List<CrossSearch.Chosen> chosen = new CrossSearch(sample, 8, 4).run();
    assertThat(chosen).hasSizeGreaterThanOrEqualTo(2);
    for (int i = 1; i < chosen.size(); i++) {
      CrossSearch.Chosen before = chosen.get(i - 1);
      assertThat(chosen.get(i).loss()).isEqualTo(before.loss() - before.gain(), within(1e-12));
    }
  }

  @Test
  void fewRowsOfWhichAHalfHasOneLabelHaveNoCrosses() {
    CrossSample sample = sample(300, 5, List.of(List.of(0, 3)));
    for (int n = 0; n < sample.rows(); n++) {
      sample.labels()[n] = (byte) (sample.parts()[n] == 1 && n % 3 == 0 ? 1 : 0);
    }
    assertThat(found(sample)).isEmpty();
    assertThat(found(sample(0, 5, List.of()))).isEmpty();
  }

  @Test
  void theScaleOfAllWeightsChangesNothing() {
    CrossSample plain = sample(5000, 5, List.of(List.of(0, 3)));
    for (float scale : new float[] {0x1p-60f, 1, 0x1p60f}) {
      float[] weights = new float[plain.rows()];
      Arrays.fill(weights, scale);
      CrossSample scaled =
          new CrossSample(
              plain.values(),
              plain.counts(),
              plain.labels(),
              weights,
              plain.parts(),
              plain.folds());
      assertThat(new CrossSearch(scaled, 8, 4).run())
          .isEqualTo(new CrossSearch(plain, 8, 4).run())
          .isNotEmpty();
    }
  }

  /** With a mean weight of 1, a row of weight 2 is two rows of weight 1 in the same part. */
  @Test
  void aWeightCountsAsThatManyRows() {
    int rows = 3000;
    CrossSample once = sample(rows, 5, List.of(List.of(0, 3)));
    float[] weights = new float[rows];
    int[] rowOf = IntStream.range(0, rows).flatMap(n -> copies(n)).toArray();
    for (int n : rowOf) {
      weights[n]++;
    }
    CrossSample weighted =
        new CrossSample(
            once.values(), once.counts(), once.labels(), weights, once.parts(), once.folds());
    CrossSample repeated = repeated(once, rowOf);
    for (List<Integer> cross : List.of(List.of(0, 3), List.of(1, 2, 7))) {
      CandidateGains of = gains(weighted);
      CandidateGains plain = gains(repeated);
      assertThat(of.gain(cross)).isEqualTo(plain.gain(cross), within(1e-12));
      assertThat(of.estimate(cross)).isEqualTo(plain.estimate(cross), within(1e-12));
      assertThat(AdditiveModel.loss(weighted, logits(weighted)))
          .isEqualTo(AdditiveModel.loss(repeated, logits(repeated)), within(1e-12));
    }
  }

  private static IntStream copies(int n) {
    return IntStream.generate(() -> n).limit(n % 2 * 2);
  }

  private static CrossSample repeated(CrossSample once, int[] rowOf) {
    IntBinaryOperator value = (f, i) -> once.values()[f][rowOf[i]];
    int[][] values = new int[FIELDS][rowOf.length];
    byte[] labels = new byte[rowOf.length];
    byte[] parts = new byte[rowOf.length];
    byte[] folds = new byte[rowOf.length];
    for (int i = 0; i < rowOf.length; i++) {
      for (int f = 0; f < FIELDS; f++) {
        values[f][i] = value.applyAsInt(f, i);
      }
      labels[i] = once.labels()[rowOf[i]];
      parts[i] = once.parts()[rowOf[i]];
      folds[i] = once.folds()[rowOf[i]];
    }
    return new CrossSample(values, once.counts(), labels, null, parts, folds);
  }

  private static CandidateGains gains(CrossSample sample) {
    return new CandidateGains(sample, logits(sample));
  }

  private static double[] logits(CrossSample sample) {
    List<Groups> divisions =
        IntStream.range(0, FIELDS).mapToObj(f -> sample.groups(List.of(f))).toList();
    return AdditiveModel.logits(sample, divisions);
  }

  /** The gain by hand: effects of one Newton step from a constant logit. */
  @Test
  void theGainIsThatOfTheEffectsOfTheOtherRows() {
    CrossSample sample = sample(400, 5, List.of(List.of(0, 3)));
    double[] logits = new double[400];
    double gain = 0;
    double weight = 0;
    for (int n = 0; n < 400; n++) {
      if (sample.parts()[n] < 2) {
        continue;
      }
      double positive = 0;
      double rows = 0;
      for (int other = 0; other < 400; other++) {
        if (sample.parts()[other] == sample.parts()[n] - 2
            && sample.values()[0][other] == sample.values()[0][n]
            && sample.values()[3][other] == sample.values()[3][n]) {
          positive += sample.labels()[other];
          rows++;
        }
      }
      double effect = (positive - rows / 2) / (rows / 4 + 3.4);
      double p = 1 / (1 + Math.exp(-effect));
      gain += Math.log(2) + Math.log(sample.labels()[n] == 1 ? p : 1 - p);
      weight++;
    }
    assertThat(new CandidateGains(sample, logits).gain(List.of(0, 3)))
        .isEqualTo(gain / weight, within(1e-12));
  }

  @Test
  void groupsByPlaceAndByHashAreTheSameDivision() {
    CrossSample sample = sample(5000, 3, List.of());
    Groups small = sample.groups(List.of(0, 1));
    // So many pairs that no array has a place for each.
    Groups large = new Groups(sample.values()[0], 1 << 20).and(sample.values()[1], VALUES);
    assertThat(large).usingRecursiveComparison().isEqualTo(small);
    assertThat(small.count()).isEqualTo(VALUES * VALUES);
  }
}

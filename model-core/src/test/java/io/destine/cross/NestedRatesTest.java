package io.destine.cross;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.destine.feature.LabelRate;
import io.destine.metric.Logits;
import io.destine.random.CounterRandom;
import io.destine.random.Purpose;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NestedRatesTest {
  private static final int ROWS = 60_000;

  /**
   * Values of three fields: 1,600 pairs of the first two, and 19,200 triples of three rows each.
   */
  private static final int[] MANY = {40, 40, 12};

  /** 144 triples of 400 rows each. */
  private static final int[] FEW = {6, 6, 4};

  private static final List<Integer> PAIR = List.of(0, 1);
  private static final List<Integer> TRIPLE = List.of(0, 1, 2);

  /**
   * Rows of three fields, with effects of pairs and triples of standard deviation 2.
   *
   * @param counts of the fields' values
   */
  private static CrossSample sample(int... counts) {
    CounterRandom random = CounterRandom.of(11, Purpose.SPLIT);
    int[][] values = new int[counts.length][ROWS];
    byte[] labels = new byte[ROWS];
    byte[] parts = new byte[ROWS];
    byte[] folds = new byte[ROWS];
    for (int n = 0; n < ROWS; n++) {
      CounterRandom row = random.at(n);
      for (int f = 0; f < counts.length; f++) {
        values[f][n] = row.below(counts[f], f);
      }
      int ofPair = values[0][n] * counts[1] + values[1][n];
      int ofTriple = ofPair * counts[2] + values[2][n];
      double logit =
          -1
              + 2 * random.at("pair").at(ofPair).gaussian(0)
              + 2 * random.at("triple").at(ofTriple).gaussian(0);
      labels[n] = (byte) (row.uniform(8) < Logits.probability(logit) ? 1 : 0);
      long hash = CounterRandom.mix(n);
      parts[n] = CrossSample.part(hash);
      folds[n] = (byte) LabelRate.fold(hash);
    }
    return new CrossSample(values, counts, labels, null, parts, folds);
  }

  @Test
  void areTakenWhereCellsHaveFewRowsAndLargeEffects() {
    CrossSample sample = sample(MANY);
    NestedRates.Gain gain = NestedRates.of(sample, List.of(TRIPLE, PAIR)).orElseThrow();
    List<Groups> divisions =
        List.of(List.of(0), List.of(1), List.of(2), TRIPLE, PAIR).stream()
            .map(sample::groups)
            .toList();
    double loss = AdditiveModel.loss(sample, AdditiveModel.logits(sample, divisions));
    assertThat(gain.loss()).isEqualTo(loss, within(1e-12));
    assertThat(gain.gain()).isBetween(3e-4 * loss, 0.1 * loss);
  }

  /** The gain by rates that are computed from the counts of one row's values at a time. */
  @Test
  void gainIsThatOfRatesWithContainedPriors() {
    CrossSample sample = sample(MANY);
    double[] with = new double[sample.rows()];
    for (int half = 0; half < 2; half++) {
      List<Groups> divisions = new ArrayList<>();
      for (List<Integer> fields : List.of(List.of(0), List.of(1), List.of(2), TRIPLE, PAIR)) {
        divisions.add(sample.groups(fields));
      }
      int[][] buckets = buckets(sample, half);
      divisions.add(new Groups(buckets[0], LabelRate.BUCKETS));
      divisions.add(new Groups(buckets[1], LabelRate.BUCKETS));
      AdditiveModel.fit(sample, divisions, half, with);
    }
    NestedRates.Gain gain = NestedRates.of(sample, List.of(TRIPLE, PAIR)).orElseThrow();
    assertThat(gain.loss() - gain.gain()).isEqualTo(AdditiveModel.loss(sample, with));
  }

  /** [2][rows] buckets of the pair's and of the triple's rate by the rows of a half. */
  private static int[][] buckets(CrossSample sample, int half) {
    Map<List<Integer>, List<Integer>> rows = new HashMap<>();
    for (int n = 0; n < ROWS; n++) {
      if ((sample.parts()[n] & 1) == half) {
        rows.computeIfAbsent(cell(sample, n), cell -> new ArrayList<>()).add(n);
        rows.computeIfAbsent(cell(sample, n).subList(0, 2), cell -> new ArrayList<>()).add(n);
        rows.computeIfAbsent(List.of(), cell -> new ArrayList<>()).add(n);
      }
    }
    double share = share(sample, rows.get(List.of()), -1, 0, 0);
    int[][] buckets = new int[2][ROWS];
    for (int n = 0; n < ROWS; n++) {
      int fold = (sample.parts()[n] & 1) == half ? sample.folds()[n] : -1;
      List<Integer> triple = cell(sample, n);
      List<Integer> inPair = rows.getOrDefault(triple.subList(0, 2), List.of());
      // (k + 20 q) / (n + 20), the prior of the triple being the rate of its pair.
      double pair = share(sample, inPair, fold, 20, share);
      double rate = share(sample, rows.getOrDefault(triple, List.of()), fold, 20, (float) pair);
      buckets[0][n] = LabelRate.bucket((float) pair, share);
      buckets[1][n] = LabelRate.bucket((float) rate, share);
    }
    return buckets;
  }

  private static List<Integer> cell(CrossSample sample, int n) {
    return List.of(sample.values()[0][n], sample.values()[1][n], sample.values()[2][n]);
  }

  /** The share of positive rows outside a fold, together with some rows of a known share. */
  private static double share(
      CrossSample sample, List<Integer> rows, int fold, double more, double prior) {
    List<Integer> of = rows.stream().filter(n -> sample.folds()[n] != fold).toList();
    long positives = of.stream().filter(n -> sample.labels()[n] == 1).count();
    return (positives + more * prior) / (of.size() + more);
  }

  @Test
  void areNotTakenWhereCellsHaveManyRows() {
    assertThat(NestedRates.of(sample(FEW), List.of(PAIR, TRIPLE))).isEmpty();
  }

  @Test
  void crossesThatDoNotContainEachOtherHaveNone() {
    assertThat(NestedRates.of(sample(MANY), List.of(PAIR, List.of(1, 2)))).isEmpty();
    assertThat(NestedRates.of(sample(MANY), List.of())).isEmpty();
  }
}

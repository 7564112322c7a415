package io.destine.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RankGroupsTest {
  @Property(tries = 200)
  void aucIsTheWeightedShareOfCorrectlyRankedPairs(
      @ForAll @IntRange(max = 80) int rows, @ForAll long seed) {
    ScoredSample s = ScoredSample.random(rows, seed);
    double ranked = 0;
    double pairs = 0;
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < rows; j++) {
        if (s.labels[i] == 1 && s.labels[j] == 0) {
          double weight = s.weights[i] * s.weights[j];
          pairs += weight;
          ranked += weight * (Math.signum(s.logits[i] - s.logits[j]) + 1) / 2;
        }
      }
    }
    OptionalDouble auc = s.ranks().sums().auc(s.ranks().weights());
    if (pairs == 0) {
      assertThat(auc).isEmpty();
    } else {
      assertThat(auc.getAsDouble()).isCloseTo(ranked / pairs, within(1e-15));
    }
  }

  @Property(tries = 200)
  void prAucIsTheSumOverThresholdsOfRecallGainTimesPrecision(
      @ForAll @IntRange(max = 80) int rows, @ForAll long seed) {
    ScoredSample s = ScoredSample.random(rows, seed);
    double[] thresholds = Arrays.stream(s.logits).distinct().sorted().toArray();
    double all = weightOf(s, 1, Double.NEGATIVE_INFINITY);
    double expected = 0;
    double recall = 0;
    for (int t = thresholds.length - 1; t >= 0; t--) {
      double hits = weightOf(s, 1, thresholds[t]);
      double alarms = weightOf(s, 0, thresholds[t]);
      if (hits > 0) {
        expected += (hits / all - recall) * hits / (hits + alarms);
        recall = hits / all;
      }
    }
    OptionalDouble prAuc = s.ranks().sums().prAuc(s.ranks().weights());
    if (s.ranks().weights().hasBoth()) {
      assertThat(prAuc.getAsDouble()).isCloseTo(expected, within(1e-14));
    } else {
      assertThat(prAuc).isEmpty();
    }
  }

  private static double weightOf(ScoredSample s, int label, double threshold) {
    double sum = 0;
    for (int i = 0; i < s.rows(); i++) {
      sum += s.labels[i] == label && s.logits[i] >= threshold ? s.weights[i] : 0;
    }
    return sum;
  }

  @Property(tries = 100)
  void mergingPartsInAnyOrderGivesTheGroupsOfAllRows(
      @ForAll @IntRange(max = 200) int rows,
      @ForAll @IntRange(min = 1, max = 9) int parts,
      @ForAll long seed) {
    ScoredSample s = ScoredSample.random(rows, seed);
    List<RankGroups> groups = new ArrayList<>();
    for (ScoredSample part : s.deal(parts, seed)) {
      groups.add(part.ranks());
    }
    assertThat(RankGroups.merge(groups)).isEqualTo(s.ranks());
    Collections.shuffle(groups, new Random(seed + 1));
    assertThat(RankGroups.merge(groups)).isEqualTo(s.ranks());
  }

  @Property(tries = 100)
  void sumsOverRangesEqualTheSumsOfAllRowsToTheBit(
      @ForAll @IntRange(max = 200) int rows,
      @ForAll @IntRange(max = 6) int boundaries,
      @ForAll long seed) {
    ScoredSample s = ScoredSample.random(rows, seed);
    RankGroups all = s.ranks();
    long[] cuts =
        new Random(seed).doubles(boundaries, -3, 3).mapToLong(Logits::key).sorted().toArray();
    List<RankGroups> ranges = all.cut(cuts);
    assertThat(ranges).hasSize(boundaries + 1);
    RankSums merged = new RankSums();
    ClassWeights below = ClassWeights.ZERO;
    for (RankGroups range : ranges) {
      merged.merge(range.sums(below, all.weights()));
      below = below.plus(range.weights());
    }
    assertThat(merged).isEqualTo(all.sums());
  }

  @Test
  void cutPutsAKeyEqualToABoundaryIntoTheUpperRange() {
    RankGroups groups =
        RankGroups.of(new double[] {-1, 0, 1}, new float[] {0, 1, 1}, null, WeightUnit.OF_ONES);
    List<RankGroups> ranges = groups.cut(new long[] {Logits.key(0)});
    assertThat(ranges.get(0).size()).isEqualTo(1);
    assertThat(ranges.get(1).size()).isEqualTo(2);
  }

  @Test
  void minusZeroAndZeroAreATie() {
    RankGroups groups =
        RankGroups.of(new double[] {-0.0, 0.0}, new float[] {0, 1}, null, WeightUnit.OF_ONES);
    assertThat(groups.sums().auc(groups.weights())).hasValue(0.5);
  }

  @Property
  void keysHaveTheOrderOfLogits(@ForAll double a, @ForAll double b) {
    assertThat(Long.signum(Long.compare(Logits.key(a), Logits.key(b))))
        .isEqualTo(a < b ? -1 : a > b ? 1 : 0);
  }

  @Test
  void badRowsAreNamed() {
    double[] z = {0, Double.NaN};
    float[] y = {0, 1};
    assertThatThrownBy(() -> RankGroups.of(z, y, null, WeightUnit.OF_ONES))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("row 1: logit must be finite, got NaN");
    assertThatThrownBy(
            () -> RankGroups.of(new double[2], new float[] {0, 0.5f}, null, WeightUnit.OF_ONES))
        .hasMessage("row 1: label must be 0 or 1, got 0.5");
    assertThatThrownBy(
            () -> RankGroups.of(new double[2], y, new float[] {1, -1}, WeightUnit.OF_ONES))
        .hasMessage("row 1: weight must be >= 0, got -1.0");
  }
}

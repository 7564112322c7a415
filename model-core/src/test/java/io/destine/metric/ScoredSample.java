package io.destine.metric;

import java.util.Arrays;
import java.util.Random;

/** Random rows with many ties, weights that are multiples of 1/8 (some 0), and a few groups. */
final class ScoredSample {
  final double[] logits;
  final float[] labels;
  final float[] weights;
  final long[] groups;

  ScoredSample(int rows) {
    logits = new double[rows];
    labels = new float[rows];
    weights = new float[rows];
    groups = new long[rows];
  }

  static ScoredSample random(int rows, long seed) {
    Random random = new Random(seed);
    ScoredSample sample = new ScoredSample(rows);
    for (int i = 0; i < rows; i++) {
      sample.logits[i] = Math.rint(random.nextGaussian() * 6) / 3;
      sample.labels[i] = random.nextInt(3) == 0 ? 1 : 0;
      sample.weights[i] = random.nextInt(20) / 8f;
      sample.groups[i] = random.nextInt(7) * 0x9E3779B97F4A7C15L;
    }
    return sample;
  }

  int rows() {
    return logits.length;
  }

  /** The rows at the given places, in that order. */
  ScoredSample select(int[] places) {
    ScoredSample selected = new ScoredSample(places.length);
    for (int i = 0; i < places.length; i++) {
      selected.logits[i] = logits[places[i]];
      selected.labels[i] = labels[places[i]];
      selected.weights[i] = weights[places[i]];
      selected.groups[i] = groups[places[i]];
    }
    return selected;
  }

  /** Deals the rows to {@code parts} random parts in random order. */
  ScoredSample[] deal(int parts, long seed) {
    Random random = new Random(seed);
    int[][] places = new int[parts][0];
    for (int i : shuffled(rows(), random)) {
      int part = random.nextInt(parts);
      places[part] = Arrays.copyOf(places[part], places[part].length + 1);
      places[part][places[part].length - 1] = i;
    }
    return Arrays.stream(places).map(this::select).toArray(ScoredSample[]::new);
  }

  private static int[] shuffled(int n, Random random) {
    int[] order = new int[n];
    for (int i = 0; i < n; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }

  RankGroups ranks() {
    return RankGroups.of(logits, labels, weights, WeightUnit.OF_ONES);
  }

  ProbabilitySums probabilities() {
    ProbabilitySums sums = new ProbabilitySums(WeightUnit.OF_ONES);
    sums.add(logits, labels, weights);
    return sums;
  }
}

package io.destine.cross;

import io.destine.metric.Logits;
import java.util.List;

/**
 * Gains of candidate crosses: the reduction of the mean loss of given logits. In each half of the
 * sample, the effect of a group of rows is one Newton step from these logits, fitted to one part of
 * the rows; the gain is measured on the other part. Thread-safe.
 */
public final class CandidateGains {
  private final CrossSample sample;
  private final double[] logits;
  private final double[] gradient;
  private final double[] information;
  private final double weight;
  private final double penalty;

  /**
   * Gains over the given logits.
   *
   * @param logits [N] of the rows, learnt from rows of the other half
   */
  public CandidateGains(CrossSample sample, double[] logits) {
    this.sample = sample;
    this.logits = logits;
    gradient = new double[logits.length];
    information = new double[logits.length];
    double sum = 0;
    for (int n = 0; n < logits.length; n++) {
      double p = Logits.probability(logits[n]);
      double w = sample.weight(n);
      gradient[n] = w * (sample.labels()[n] - p);
      information[n] = w * p * (1 - p);
      sum += sample.parts()[n] >= 2 ? w : 0;
    }
    weight = sum;
    penalty = AdditiveModel.penalty(sample);
  }

  /** Sums by part and group. */
  private record Sums(Groups groups, double[][] gradient, double[][] information, double penalty) {
    /** The effects that a half has learnt, [groups]. */
    double[] effects(int half) {
      double[] effects = new double[groups.count()];
      for (int g = 0; g < effects.length; g++) {
        effects[g] = AdditiveModel.step(gradient[half][g], information[half][g] + penalty);
      }
      return effects;
    }
  }

  private Sums sums(List<Integer> fields) {
    Groups groups = sample.groups(fields);
    double[][] g = new double[4][groups.count()];
    double[][] h = new double[4][groups.count()];
    int[] of = groups.of();
    for (int n = 0; n < logits.length; n++) {
      int part = sample.parts()[n];
      g[part][of[n]] += gradient[n];
      h[part][of[n]] += information[n];
    }
    return new Sums(groups, g, h, penalty);
  }

  /**
   * The gain of a cross, approximated to the second order of its effects.
   *
   * @param fields of the cross, by index
   */
  public double estimate(List<Integer> fields) {
    Sums sums = sums(fields);
    double gain = 0;
    for (int half = 0; half < 2; half++) {
      double[] effects = sums.effects(half);
      for (int g = 0; g < effects.length; g++) {
        double s = effects[g];
        gain += s * (sums.gradient()[half + 2][g] - s / 2 * sums.information()[half + 2][g]);
      }
    }
    return gain / weight;
  }

  /**
   * The gain of a cross: the reduction of the mean loss of the rows that judge candidates.
   *
   * @param fields of the cross, by index
   */
  public double gain(List<Integer> fields) {
    Sums sums = sums(fields);
    double[][] effects = {sums.effects(0), sums.effects(1)};
    int[] of = sums.groups().of();
    double gain = 0;
    for (int n = 0; n < logits.length; n++) {
      int part = sample.parts()[n];
      if (part >= 2) {
        boolean positive = sample.labels()[n] == 1;
        double with = logits[n] + effects[part - 2][of[n]];
        gain += sample.weight(n) * (Logits.loss(logits[n], positive) - Logits.loss(with, positive));
      }
    }
    return gain / weight;
  }
}

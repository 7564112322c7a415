package io.destine.cross;

import io.destine.metric.Logits;
import java.util.Arrays;
import java.util.List;

/**
 * A logistic model with one effect for each group of each division of the rows: logit = b + e_1 +
 * ... + e_K. Fitted by Newton steps, one division after the other, each with a penalty equal to the
 * information of {@value #ROWS} rows.
 */
final class AdditiveModel {
  /** Strength of the penalty that pulls effects to 0, in rows. */
  private static final int ROWS = 20;

  /** p (1 - p) of a row at a label rate of about 0.22. */
  private static final double INFORMATION = 0.17;

  private static final int SWEEPS = 3;
  private static final double MAX_STEP = 2;

  private AdditiveModel() {}

  /**
   * The penalty: the information of rows of mean weight, so that it is independent of the scale of
   * the weights.
   */
  static double penalty(CrossSample sample) {
    return ROWS * INFORMATION * sample.meanWeight();
  }

  /**
   * The logits of all rows, each from the model that is fitted to the other half.
   *
   * @param divisions of the rows
   * @return [N]
   */
  static double[] logits(CrossSample sample, List<Groups> divisions) {
    double[] logits = new double[sample.rows()];
    for (int half = 0; half < 2; half++) {
      fit(sample, divisions, half, logits);
    }
    return logits;
  }

  /** Mean loss of logits, over all rows. */
  static double loss(CrossSample sample, double[] logits) {
    double sum = 0;
    double all = 0;
    for (int n = 0; n < logits.length; n++) {
      double w = sample.weight(n);
      sum += w * Logits.loss(logits[n], sample.labels()[n] == 1);
      all += w;
    }
    return sum / all;
  }

  /**
   * Standard error of the difference of the mean losses of two models' logits, over all rows.
   *
   * @param mean the difference
   */
  static double error(CrossSample sample, double[] one, double[] other, double mean) {
    double sum = 0;
    double all = 0;
    for (int n = 0; n < one.length; n++) {
      double w = sample.weight(n);
      boolean label = sample.labels()[n] == 1;
      double apart = w * (Logits.loss(one[n], label) - Logits.loss(other[n], label) - mean);
      sum += apart * apart;
      all += w;
    }
    return Math.sqrt(sum) / all;
  }

  /** Fits the model to one half, and sets the logits of the other half. */
  static void fit(CrossSample sample, List<Groups> divisions, int half, double[] logits) {
    int rows = sample.rows();
    double[] at = new double[rows];
    double weight = 0;
    double positive = 0;
    for (int n = 0; n < rows; n++) {
      if ((sample.parts()[n] & 1) == half) {
        weight += sample.weight(n);
        positive += sample.weight(n) * sample.labels()[n];
      }
    }
    Arrays.fill(at, StrictMath.log(positive / (weight - positive)));
    double[][] effects = new double[divisions.size()][];
    for (int k = 0; k < effects.length; k++) {
      effects[k] = new double[divisions.get(k).count()];
    }
    double penalty = penalty(sample);
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
      for (int k = 0; k < effects.length; k++) {
        step(sample, divisions.get(k), half, penalty, at, effects[k]);
      }
    }
    for (int n = 0; n < rows; n++) {
      if ((sample.parts()[n] & 1) != half) {
        logits[n] = at[n];
      }
    }
  }

  /**
   * The step of Newton's method, limited to {@link #MAX_STEP} in magnitude: if positive labels are
   * rare, the full step far overshoots the logit of a group with many times the mean rate.
   */
  static double step(double gradient, double information) {
    return Math.max(-MAX_STEP, Math.min(MAX_STEP, gradient / information));
  }

  private static void step(
      CrossSample sample, Groups groups, int half, double penalty, double[] at, double[] effects) {
    double[] gradient = new double[effects.length];
    double[] information = new double[effects.length];
    int[] of = groups.of();
    for (int n = 0; n < at.length; n++) {
      if ((sample.parts()[n] & 1) == half) {
        double p = Logits.probability(at[n]);
        double w = sample.weight(n);
        gradient[of[n]] += w * (sample.labels()[n] - p);
        information[of[n]] += w * p * (1 - p);
      }
    }
    for (int g = 0; g < effects.length; g++) {
      gradient[g] = step(gradient[g] - effects[g] * penalty, information[g] + penalty);
      effects[g] += gradient[g];
    }
    for (int n = 0; n < at.length; n++) {
      at[n] += gradient[of[n]];
    }
  }
}

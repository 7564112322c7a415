package io.destine.spark.generate;

import java.io.Serializable;
import java.util.Arrays;

/**
 * The metrics of the teacher on rows with labels drawn from it: the best possible metrics of a
 * model of these rows. They are sums of integers, so they do not depend on the order of rows.
 * Losses are summed in units of 2^-30. The AUC is computed from logits in {@value #BINS} bins of
 * width 2^-11 from -16 to 16, with open outer bins: pairs of a click and a non-click in one bin
 * count as one half, so its error is at most half the share of such pairs. Mutable; one thread.
 */
public final class TeacherScores implements Serializable {
  private static final long serialVersionUID = 1;

  private static final int BINS = 1 << 16;
  private static final double BINS_PER_UNIT = 1 << 11;
  private static final double LOSS_UNIT = 0x1p30;

  private long rows;
  private long lossUnits;
  private long soloLossUnits;
  // Allocated with the first row, since Spark sends an empty object to tasks.
  private long[][] counts = {{}, {}};

  /** Adds a row, with the logits of the teacher and of its single values only. */
  void add(int label, double logit, double soloLogit) {
    allocate();
    rows++;
    lossUnits += units(label, logit);
    soloLossUnits += units(label, soloLogit);
    counts[label][bin(logit)]++;
  }

  private void allocate() {
    if (counts[0].length == 0) {
      counts = new long[2][BINS];
    }
  }

  /** ln(1 + e^z), where z is the logit of the opposite label. */
  private static long units(int label, double logit) {
    double z = label == 1 ? -logit : logit;
    double loss = Math.max(z, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(z)));
    return Math.round(loss * LOSS_UNIT);
  }

  private static int bin(double logit) {
    return (int) Math.max(0, Math.min(BINS - 1, Math.floor(logit * BINS_PER_UNIT) + BINS / 2));
  }

  /** Adds the rows counted by another object. */
  void add(TeacherScores other) {
    if (other.rows == 0) {
      return;
    }
    allocate();
    rows += other.rows;
    lossUnits += other.lossUnits;
    soloLossUnits += other.soloLossUnits;
    for (int label = 0; label < counts.length; label++) {
      for (int i = 0; i < BINS; i++) {
        counts[label][i] += other.counts[label][i];
      }
    }
  }

  /** Number of rows. */
  public long rows() {
    return rows;
  }

  /** Number of rows with label 1. */
  public long clicks() {
    return Arrays.stream(counts[1]).sum();
  }

  /** Mean log loss of the teacher's probabilities. */
  public double logLoss() {
    return lossUnits / LOSS_UNIT / rows;
  }

  /**
   * Mean log loss of the teacher without interactions, with the best intercept and slope: about the
   * value that logistic regression can reach, possibly slightly lower.
   */
  public double firstOrderLogLoss() {
    return soloLossUnits / LOSS_UNIT / rows;
  }

  /** AUC of the teacher's probabilities; NaN without rows of both labels. */
  public double auc() {
    double below = 0;
    double concordant = 0;
    for (int i = 0; i < counts[0].length; i++) {
      concordant += counts[1][i] * (below + counts[0][i] / 2.0);
      below += counts[0][i];
    }
    return concordant / pairs();
  }

  /** Maximum error of {@link #auc}. */
  public double aucError() {
    double tied = 0;
    for (int i = 0; i < counts[0].length; i++) {
      tied += (double) counts[1][i] * counts[0][i] / 2;
    }
    return tied / pairs();
  }

  private double pairs() {
    double clicks = clicks();
    return clicks * (rows - clicks);
  }
}

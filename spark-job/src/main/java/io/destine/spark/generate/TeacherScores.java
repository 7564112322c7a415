package io.destine.spark.generate;

import java.io.Serializable;
import java.util.Arrays;

/**
 * The figures of the teacher on rows whose labels it has drawn: the best that a model of these rows
 * can expect. Sums of whole numbers, hence the same for any order of rows. Losses are summed in
 * units of 2^-30. The AUC is that of logits in {@value #BINS} bins of a width of 2^-11 from -16 to
 * 16, the outer ones open: pairs of a click and a non-click in one bin count for a half, so that it
 * is off by half the share of such pairs at most. Mutable; one thread.
 */
public final class TeacherScores implements Serializable {
  private static final long serialVersionUID = 1;

  private static final int BINS = 1 << 16;
  private static final double BINS_PER_UNIT = 1 << 11;
  private static final double LOSS_UNIT = 0x1p30;

  private long rows;
  private long lossUnits;
  private long soloLossUnits;
  // Made with the first row: Spark sends tasks an empty one.
  private long[][] counts = {{}, {}};

  /** Adds a row; the logits are those of the teacher, and of its single values alone. */
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

  /** ln(1 + e^z) with z the logit of the label that is not the row's. */
  private static long units(int label, double logit) {
    double z = label == 1 ? -logit : logit;
    double loss = Math.max(z, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(z)));
    return Math.round(loss * LOSS_UNIT);
  }

  private static int bin(double logit) {
    return (int) Math.max(0, Math.min(BINS - 1, Math.floor(logit * BINS_PER_UNIT) + BINS / 2));
  }

  /** Adds the rows of another one. */
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
   * Mean log loss of the teacher without interactions, with the intercept and slope that suit it
   * best: about what logistic regression can reach, if not a little less.
   */
  public double firstOrderLogLoss() {
    return soloLossUnits / LOSS_UNIT / rows;
  }

  /** AUC of the teacher's probabilities, NaN without rows of both labels. */
  public double auc() {
    double below = 0;
    double concordant = 0;
    for (int i = 0; i < counts[0].length; i++) {
      concordant += counts[1][i] * (below + counts[0][i] / 2.0);
      below += counts[0][i];
    }
    return concordant / pairs();
  }

  /** How far {@link #auc} may be from the exact AUC. */
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

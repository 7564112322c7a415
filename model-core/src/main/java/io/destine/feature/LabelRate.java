package io.destine.feature;

import io.destine.random.CounterRandom;

/**
 * The share of positive labels among the training rows that have a value, as one of a fixed number
 * of buckets. With n rows, k of them positive, the rate of a value is r = (k + a q) / (n + a) with
 * a = {@value #PRIOR_ROWS}. A value of a cross contains a value of each smaller cross of its
 * fields; q is the rate of the contained value of the largest such cross with rates ({@link
 * FittedFields#containedRates}); without one it is p, the share of positive labels among all
 * training rows. Buckets divide logit(r) - logit(p) evenly. A training row gets the rate of the
 * rows of the other folds, so that its own label has no influence.
 */
public final class LabelRate {
  /** Buckets of a rate field. */
  public static final int BUCKETS = 64;

  /** The bucket of p. */
  public static final int PRIOR_BUCKET = BUCKETS / 2;

  /** In place of a bucket: there is no rate, as for missing, rare and new values. */
  public static final int NONE = BUCKETS;

  /** Parts of the training rows, by the rows' hashes. */
  public static final int FOLDS = 5;

  /** Counts of a value: n and k for each fold. */
  public static final int COUNTS = 2 * FOLDS;

  private static final double PRIOR_ROWS = 20;
  private static final double STEP = 0.125;
  private static final long FOLD_SEED = 0x666f6c64L;

  private LabelRate() {}

  /**
   * r of a value.
   *
   * @param rows n, number of rows with the value
   * @param positives k, number of these with label 1
   * @param prior q, between 0 and 1, exclusive
   */
  public static double of(long rows, long positives, double prior) {
    return (positives + PRIOR_ROWS * prior) / (rows + PRIOR_ROWS);
  }

  /**
   * r of a value, without the rows of a fold.
   *
   * @param counts from {@code at} on: n and k for each fold
   * @param without a fold; {@link #FOLDS} for all rows
   * @param prior q, between 0 and 1, exclusive
   */
  public static double of(long[] counts, int at, int without, double prior) {
    long rows = 0;
    long positives = 0;
    for (int fold = 0; fold < FOLDS; fold++) {
      rows += fold == without ? 0 : counts[at + 2 * fold];
      positives += fold == without ? 0 : counts[at + 2 * fold + 1];
    }
    return of(rows, positives, prior);
  }

  /**
   * The bucket of a rate.
   *
   * @param rate r, between 0 and 1, exclusive
   * @param share p, between 0 and 1, exclusive
   */
  public static int bucket(double rate, double share) {
    long bucket = PRIOR_BUCKET + Math.round((logit(rate) - logit(share)) / STEP);
    return (int) Math.max(0, Math.min(BUCKETS - 1, bucket));
  }

  private static double logit(double p) {
    return StrictMath.log(p / (1 - p));
  }

  /** The fold of a training row, from 0 on. */
  public static int fold(long rowHash) {
    return (int) Long.remainderUnsigned(CounterRandom.mix(rowHash ^ FOLD_SEED), FOLDS);
  }
}

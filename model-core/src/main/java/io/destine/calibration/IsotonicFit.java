package io.destine.calibration;

import io.destine.calibration.Calibration.Knot;
import io.destine.metric.LogitHistogram.Bucket;
import java.util.ArrayList;
import java.util.List;

/**
 * Isotonic regression of labels on logits by pooling adjacent violators: rows, sorted by logit,
 * form pools with increasing shares of positive weight. Each pool gives a knot: its mean logit, and
 * the logit of its share.
 */
final class IsotonicFit {
  /**
   * The ends of steeper lines are pooled. Other runtimes compute logits in float32, and a slope
   * multiplies their rounding errors; also, neighbours that differ this much do so because of the
   * labels of a few rows.
   */
  private static final double MOST_SLOPE = 8;

  /** Weight of the rows added at each end, in units of a row's mean weight. */
  private static final double END_ROWS = 0.5;

  private IsotonicFit() {}

  /**
   * The map.
   *
   * @param rows with both labels, in ascending order of logits
   * @param rowWeight mean weight of a row; half a row of the opposite label is added at each end,
   *     since shares of 0 and 1 have no logit
   */
  static Calibration of(List<Bucket> rows, double rowWeight) {
    List<Bucket> ended = new ArrayList<>(rows);
    Bucket first = ended.get(0);
    double half = END_ROWS * rowWeight;
    ended.set(0, new Bucket(first.logit(), first.weight() + half, first.positive() + half));
    int end = ended.size() - 1;
    Bucket last = ended.get(end);
    ended.set(end, new Bucket(last.logit(), last.weight() + half, last.positive()));
    List<Bucket> pools = pools(ended);
    int steepest = steepest(pools);
    while (steepest > 0) {
      pools.set(steepest - 1, joined(pools.get(steepest - 1), pools.get(steepest)));
      pools.remove(steepest);
      steepest = steepest(pools);
    }
    return new Calibration.Isotonic(
        pools.stream().map(pool -> new Knot(pool.logit(), logit(pool))).toList());
  }

  /** Pools of rows with increasing shares of positive weight. */
  static List<Bucket> pools(List<Bucket> rows) {
    List<Bucket> pools = new ArrayList<>();
    for (Bucket row : rows) {
      Bucket pool = row;
      while (!pools.isEmpty() && share(pools.get(pools.size() - 1)) >= share(pool)) {
        pool = joined(pools.remove(pools.size() - 1), pool);
      }
      pools.add(pool);
    }
    return pools;
  }

  private static Bucket joined(Bucket a, Bucket b) {
    double weight = a.weight() + b.weight();
    double mean = a.logit() + (b.logit() - a.logit()) * (b.weight() / weight);
    return new Bucket(mean, weight, a.positive() + b.positive());
  }

  /** Index of the pool after the steepest line that is too steep; 0 when there is none. */
  private static int steepest(List<Bucket> pools) {
    int found = 0;
    double most = MOST_SLOPE;
    for (int k = 1; k < pools.size(); k++) {
      Bucket before = pools.get(k - 1);
      Bucket pool = pools.get(k);
      double run = pool.logit() - before.logit();
      double rise = logit(pool) - logit(before);
      double slope = run > 0 && rise > 0 ? rise / run : Double.POSITIVE_INFINITY;
      if (slope > most) {
        most = slope;
        found = k;
      }
    }
    return found;
  }

  private static double share(Bucket pool) {
    return pool.positive() / pool.weight();
  }

  private static double logit(Bucket pool) {
    return StrictMath.log(pool.positive() / (pool.weight() - pool.positive()));
  }
}

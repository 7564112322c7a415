package io.destine.metric;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A histogram of rows by logit, in buckets of width 2^-{@value #WIDTH_BITS}: for each bucket the
 * weight of all rows, the weight of rows with label 1, and the mean logit. Sums are integers, so
 * they do not depend on the order, and merges are associative and commutative to the bit. Mutable,
 * not thread-safe.
 */
public final class LogitHistogram implements Serializable {
  private static final long serialVersionUID = 1;
  private static final int WIDTH_BITS = 8;

  /** Logits are stored as integer multiples of 2^-20, and are at most 2^20. */
  private static final int LOGIT_BITS = 20;

  private static final double MOST_LOGIT = 0x1p20;

  private final WeightUnit unit;
  private final TreeMap<Long, Cell> cells = new TreeMap<>();

  /** Number of rows with a positive weight. */
  private long rows;

  private static final class Cell implements Serializable {
    private static final long serialVersionUID = 1;

    private long weight;
    private long positive;
    private final Int128Sum logits = new Int128Sum();
  }

  /**
   * The rows of a bucket.
   *
   * @param logit their weighted mean
   * @param weight of all of them
   * @param positive weight of those with label 1
   */
  public record Bucket(double logit, double weight, double positive) {}

  /** An empty histogram. */
  public LogitHistogram(WeightUnit unit) {
    this.unit = unit;
  }

  /**
   * Adds rows.
   *
   * @param logits [N]
   * @param labels [N], 0 or 1
   * @param weights [N], or null when all are 1
   * @throws IllegalArgumentException when a logit is not finite, a label not 0 or 1, or a weight
   *     negative, naming the row
   */
  public void add(double[] logits, float[] labels, float[] weights) {
    for (int n = 0; n < logits.length; n++) {
      double logit = Logits.requireFinite(logits[n], n);
      boolean positive = Logits.requirePositive(labels[n], n);
      long units = unit.units(weights, n);
      if (units > 0) {
        rows++;
        double bounded = Math.max(-MOST_LOGIT, Math.min(MOST_LOGIT, logit));
        long fixed = Math.round(Math.scalb(bounded, LOGIT_BITS));
        Cell cell = cells.computeIfAbsent(fixed >> (LOGIT_BITS - WIDTH_BITS), key -> new Cell());
        cell.weight += units;
        cell.positive += positive ? units : 0;
        cell.logits.addProduct(units, fixed);
      }
    }
  }

  /** Adds the rows of another histogram of the same unit. */
  public LogitHistogram merge(LogitHistogram other) {
    if (!unit.equals(other.unit)) {
      throw new IllegalArgumentException("unit must be " + unit + ", got " + other.unit);
    }
    rows += other.rows;
    for (Map.Entry<Long, Cell> entry : other.cells.entrySet()) {
      Cell cell = cells.computeIfAbsent(entry.getKey(), key -> new Cell());
      cell.weight += entry.getValue().weight;
      cell.positive += entry.getValue().positive;
      cell.logits.add(entry.getValue().logits);
    }
    return this;
  }

  /** Mean weight of the rows with a positive weight; 1 when there are none. */
  public double rowWeight() {
    long units = cells.values().stream().mapToLong(cell -> cell.weight).sum();
    return rows == 0 ? 1 : unit.weight((double) units / rows);
  }

  /** The buckets with positive weight, in ascending order of logits. */
  public List<Bucket> buckets() {
    List<Bucket> buckets = new ArrayList<>();
    for (Cell cell : cells.values()) {
      double mean = Math.scalb(cell.logits.toDouble() / cell.weight, -LOGIT_BITS);
      buckets.add(new Bucket(mean, unit.weight(cell.weight), unit.weight(cell.positive)));
    }
    return buckets;
  }
}

package io.destine.spark.encode;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Decides whether whole numbers are identifiers, such as item numbers, or quantities: it compares
 * how well separate numbers and buckets of neighbouring numbers predict the labels of held-out
 * rows. The log losses are those of smoothed label rates of the kept values of a {@link
 * ColumnSketch}.
 *
 * @param names mean log loss with each number as its own category
 * @param buckets mean log loss with buckets
 * @param rows number of rows of the means
 */
record NumberMeaning(double names, double buckets, long rows) {
  /** Minimum evidence for identifiers, in nats; below it, numbers are quantities. */
  private static final double LEAST_EVIDENCE = 10;

  /**
   * Smoothing candidates: rows with the overall label rate that are added to the rows of a value.
   */
  private static final double[] SMOOTHING = {1, 10, 100};

  static NumberMeaning of(ColumnSketch sketch, int buckets) {
    long[][] counts = sketch.keptCounts();
    long rows = 0;
    for (long[] of : counts) {
      for (long count : of) {
        rows += count;
      }
    }
    return new NumberMeaning(
        loss(counts, rows),
        loss(bucketed(sketch.keptNumbers(), counts, rows, buckets), rows),
        rows);
  }

  /** True when the numbers are identifiers. */
  boolean isNames() {
    return (buckets - names) * rows > LEAST_EVIDENCE;
  }

  private static long[][] bucketed(double[] numbers, long[][] counts, long rows, int buckets) {
    int[] order =
        IntStream.range(0, numbers.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> numbers[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    long[][] sums = new long[buckets][ColumnSketch.COUNTS];
    long below = 0;
    for (int i : order) {
      long[] into = sums[(int) Math.min(buckets - 1, buckets * below / rows)];
      for (int c = 0; c < into.length; c++) {
        into[c] += counts[i][c];
        below += counts[i][c];
      }
    }
    return sums;
  }

  /** The lowest mean log loss over the smoothings. */
  private static double loss(long[][] counts, long rows) {
    long[] total = new long[ColumnSketch.COUNTS];
    for (long[] of : counts) {
      for (int c = 0; c < total.length; c++) {
        total[c] += of[c];
      }
    }
    double least = Double.POSITIVE_INFINITY;
    for (double smoothing : SMOOTHING) {
      double loss = 0;
      for (int fold = 0; fold < ColumnSketch.FOLDS; fold++) {
        double rate =
            (1 + outside(total, fold, 1)) / (2 + outside(total, fold, 0) + outside(total, fold, 1));
        for (long[] of : counts) {
          double positive = outside(of, fold, 1) + smoothing * rate;
          double p = positive / (outside(of, fold, 0) + outside(of, fold, 1) + smoothing);
          loss -= of[2 * fold + 1] * StrictMath.log(p) + of[2 * fold] * StrictMath.log1p(-p);
        }
      }
      least = Math.min(least, loss / rows);
    }
    return least;
  }

  private static double outside(long[] counts, int fold, int label) {
    long sum = 0;
    for (int f = 0; f < ColumnSketch.FOLDS; f++) {
      sum += f == fold ? 0 : counts[2 * f + label];
    }
    return sum;
  }
}

package io.destine.spark.encode;

import io.destine.feature.DatePart;
import io.destine.random.CounterRandom;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.time.DayOfWeek;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * A summary of the values of a column, in bounded memory. Statements about all rows are exact. Of
 * the training rows' values it keeps the {@value #MOST} with the smallest hashes, each with its row
 * counts by fold and label. All rows of a kept value are counted, so its count is exact, unlike in
 * a sample of rows. The result of merging sketches does not depend on the order.
 */
final class ColumnSketch implements Serializable {
  private static final long serialVersionUID = 1;

  /**
   * Maximum number of values kept: above the number of distinct values up to which {@link
   * ChosenFields} always chooses categories.
   */
  static final int MOST = 512;

  static final int FOLDS = 4;

  /** Number of counts per value: rows with label 0 and with label 1, by fold. */
  static final int COUNTS = 2 * FOLDS;

  /** Minimum number of training rows for a value to count as frequent. */
  private static final int OFTEN = 100;

  private static final double NEARLY_ALL = 0.99;

  private static final long FOLD_SEED = 0x666f6c64L;
  private static final long VALUE_SEED = 0x76616c75L;

  /** Training rows with a value; the next field counts those without. */
  long rows;

  long missing;

  /** Number of good rows, including those in no split, whose label is neither 0 nor 1. */
  long all;

  /**
   * The sketch of the validation rows' dates and times; null if the column has none, and always
   * null in that nested sketch.
   */
  private ColumnSketch validating;

  /** These three: whether all values of all rows are numbers, whole numbers, or dates and times. */
  boolean numbers = true;

  boolean whole = true;
  boolean times = true;
  double low = Double.POSITIVE_INFINITY;
  double high = Double.NEGATIVE_INFINITY;

  /** The parts of dates and times that occur, as one bit for each value of a part. */
  private final int[] parts = new int[DatePart.values().length];

  /** [size] ascending. */
  private long[] hashes = {};

  private double[] kept = {};
  private long[][] counts = {};

  /** Adds a field of a chunk. */
  void add(Chunk chunk, int m, byte[] splits) {
    ColumnSketch own = new ColumnSketch();
    own.all = chunk.rows;
    ValueTable values = chunk.values[m];
    NumberTable table = chunk.numbers[m];
    int count = values != null ? values.count() : table.count();
    double[] numbers = own.look(values, table, count);
    own.count(chunk, m, splits, 0, numbers);
    if (own.times) {
      own.validating = new ColumnSketch();
      own.validating.count(chunk, m, splits, 1, numbers);
    }
    merge(own);
  }

  /** Counts the rows of a split of a chunk. */
  private void count(Chunk chunk, int m, byte[] splits, int split, double[] numbers) {
    int[] rowsOf = new int[numbers.length];
    for (int n = 0; n < chunk.rows; n++) {
      if (splits[n] == split) {
        int there = countRow(chunk, m, n, rowsOf);
        rows += there > 0 ? 1 : 0;
        missing += there > 0 ? 0 : 1;
      }
    }
    keep(chunk, m, splits, split, rowsOf, chunk.values[m], numbers);
  }

  /** Counts the values of row n, and returns their number. */
  private int countRow(Chunk chunk, int m, int n, int[] rowsOf) {
    int[] places = chunk.single[m] != null ? chunk.single[m] : chunk.list[m];
    int from = from(chunk, m, n);
    int end = end(chunk, m, n);
    int there = 0;
    for (int i = from; i < end; i++) {
      if (places[i] >= 0) {
        rowsOf[places[i]]++;
        there++;
      }
    }
    return there;
  }

  private static int from(Chunk chunk, int m, int n) {
    return chunk.single[m] != null ? n : n == 0 ? 0 : chunk.listEnds[m][n - 1];
  }

  private static int end(Chunk chunk, int m, int n) {
    return chunk.single[m] != null ? n + 1 : chunk.listEnds[m][n];
  }

  /** The number of each value; NaN for a value that is not a number. */
  private double[] look(ValueTable values, NumberTable table, int count) {
    double[] found = new double[count];
    Arrays.fill(found, Double.NaN);
    for (int i = 0; i < count; i++) {
      if (values == null) {
        times = false;
        found[i] = table.number(i);
        lookAt(found[i]);
      } else if (numbers || times) {
        String text =
            new String(values.bytes(), values.from(i), values.length(i), StandardCharsets.UTF_8);
        found[i] = lookAt(text);
      }
    }
    return found;
  }

  private void lookAt(double number) {
    if (!Double.isNaN(number)) {
      whole &= number == Math.rint(number);
      low = Math.min(low, number);
      high = Math.max(high, number);
    }
  }

  private double lookAt(String text) {
    double number = Double.NaN;
    if (numbers) {
      try {
        number = ChosenChunk.number(text);
        lookAt(number);
      } catch (IllegalArgumentException e) {
        numbers = false;
      }
    }
    if (times) {
      times = DatePart.isTime(text);
      for (DatePart part : DatePart.values()) {
        String value = times ? part.of(text) : null;
        parts[part.ordinal()] |= value == null ? 0 : 1 << bit(part, value);
      }
    }
    return number;
  }

  private static int bit(DatePart part, String value) {
    return part == DatePart.WEEKDAY
        ? DayOfWeek.valueOf(value.toUpperCase(Locale.ROOT)).ordinal()
        : Integer.parseInt(value);
  }

  private void keep(
      Chunk chunk,
      int m,
      byte[] splits,
      int split,
      int[] rowsOf,
      ValueTable values,
      double[] numbers) {
    long[] hashOf = new long[rowsOf.length];
    for (int i = 0; i < hashOf.length; i++) {
      long hash = values == null ? Double.doubleToLongBits(numbers[i]) : values.hash(i);
      hashOf[i] = CounterRandom.mix(hash ^ VALUE_SEED) >>> 1;
    }
    int[] chosen = smallest(hashOf, rowsOf);
    hashes = new long[chosen.length];
    kept = new double[chosen.length];
    counts = new long[chosen.length][COUNTS];
    int[] slots = new int[rowsOf.length];
    for (int k = 0; k < chosen.length; k++) {
      hashes[k] = hashOf[chosen[k]];
      kept[k] = numbers[chosen[k]];
      slots[chosen[k]] = k + 1;
    }
    int[] places = chunk.single[m] != null ? chunk.single[m] : chunk.list[m];
    for (int n = 0; n < chunk.rows; n++) {
      if (splits[n] == split) {
        int at = 2 * (int) (CounterRandom.mix(chunk.hashes[n] ^ FOLD_SEED) >>> 62);
        for (int i = from(chunk, m, n); i < end(chunk, m, n); i++) {
          if (places[i] >= 0 && slots[places[i]] > 0) {
            counts[slots[places[i]] - 1][at + chunk.labels[n]]++;
          }
        }
      }
    }
  }

  /** The values with the smallest hashes among the values that have rows, ascending. */
  private static int[] smallest(long[] hashes, int[] rows) {
    // Hashes are uniform: it is very unlikely that fewer values than needed are below this one.
    double most = Math.min(1, 4.0 * MOST / Math.max(1, rows.length)) * 0x1p63;
    int[] some = smallest(hashes, rows, (long) most);
    return some.length == MOST ? some : smallest(hashes, rows, Long.MAX_VALUE);
  }

  private static int[] smallest(long[] hashes, int[] rows, long most) {
    return IntStream.range(0, rows.length)
        .filter(i -> rows[i] > 0 && hashes[i] <= most)
        .boxed()
        .sorted(Comparator.comparingLong(i -> hashes[i]))
        .limit(MOST)
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /** Merges another sketch of the column. */
  void merge(ColumnSketch other) {
    rows += other.rows;
    missing += other.missing;
    all += other.all;
    if (validating == null) {
      validating = other.validating;
    } else if (other.validating != null) {
      validating.merge(other.validating);
    }
    numbers &= other.numbers;
    whole &= other.whole;
    times &= other.times;
    low = Math.min(low, other.low);
    high = Math.max(high, other.high);
    for (int p = 0; p < parts.length; p++) {
      parts[p] |= other.parts[p];
    }
    long[] mergedHashes = new long[Math.min(MOST, hashes.length + other.hashes.length)];
    double[] mergedKept = new double[mergedHashes.length];
    long[][] mergedCounts = new long[mergedHashes.length][];
    int size = 0;
    for (int i = 0, j = 0;
        size < mergedHashes.length && (i < hashes.length || j < other.hashes.length);
        size++) {
      boolean own = j == other.hashes.length || (i < hashes.length && hashes[i] <= other.hashes[j]);
      boolean both = own && j < other.hashes.length && hashes[i] == other.hashes[j];
      ColumnSketch from = own ? this : other;
      int at = own ? i : j;
      mergedHashes[size] = from.hashes[at];
      mergedKept[size] = from.kept[at];
      mergedCounts[size] = both ? sum(counts[i], other.counts[j]) : from.counts[at];
      i += own ? 1 : 0;
      j += both || !own ? 1 : 0;
    }
    hashes = Arrays.copyOf(mergedHashes, size);
    kept = Arrays.copyOf(mergedKept, size);
    counts = Arrays.copyOf(mergedCounts, size);
  }

  private static long[] sum(long[] a, long[] b) {
    return IntStream.range(0, a.length).mapToLong(i -> a[i] + b[i]).toArray();
  }

  /** Whether all values are kept. */
  boolean complete() {
    return hashes.length < MOST;
  }

  /** Number of distinct values of the training rows; approximate unless {@link #complete}. */
  long distinct() {
    return complete() ? hashes.length : Math.round((MOST - 1) / (hashes[MOST - 1] * 0x1p-63));
  }

  /** Mean number of rows of a kept value; 0 if there is none. */
  double rowsOfAValue() {
    long sum = Arrays.stream(counts).flatMapToLong(Arrays::stream).sum();
    return hashes.length == 0 ? 0 : (double) sum / hashes.length;
  }

  /** Whether nearly all validation rows have values that are frequent in the training rows. */
  boolean comesAgain() {
    if (validating == null || validating.rows == 0 || !complete() || !validating.complete()) {
      return false;
    }
    long again = 0;
    for (int i = 0; i < hashes.length; i++) {
      int there = Arrays.binarySearch(validating.hashes, hashes[i]);
      if (there >= 0 && Arrays.stream(counts[i]).sum() >= OFTEN) {
        again += Arrays.stream(validating.counts[there]).sum();
      }
    }
    return again >= NEARLY_ALL * validating.rows;
  }

  /** The numbers of the kept values. */
  double[] keptNumbers() {
    return kept;
  }

  /** [kept values][{@value #COUNTS}] rows by fold and label. */
  long[][] keptCounts() {
    return counts;
  }

  /** The number of distinct values of a part of dates or times. */
  int variety(DatePart part) {
    return Integer.bitCount(parts[part.ordinal()]);
  }
}

package io.destine.spark.encode;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.sum;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Cut points of a numeric field: of the N values of the training rows in ascending order, those at
 * the ranks ceil(k * N / buckets), k = 1 .. buckets - 1, each once. The largest value is not a cut
 * point, since no value is above it. Exact and distributed: equal values are counted before the
 * shuffle and only cut points reach the driver.
 */
final class ExactQuantiles {
  private static final StructType COUNTED =
      new StructType()
          .add("value", DataTypes.DoubleType, false)
          .add("count", DataTypes.LongType, false);

  private ExactQuantiles() {}

  /** The ascending cut points of field m. */
  static double[] of(SparkSession spark, JavaRDD<SplitChunk> rows, int m, int buckets) {
    Dataset<Row> counts =
        spark
            .createDataFrame(rows.flatMap(chunk -> counts(chunk, m)), COUNTED)
            .groupBy("value")
            .agg(sum("count").as("count"));
    JavaRDD<Row> sorted = counts.orderBy(col("value")).toJavaRDD();
    List<Long> totals = sorted.mapPartitions(ExactQuantiles::total).collect();
    long n = totals.stream().mapToLong(Long::longValue).sum();
    if (n == 0) {
      return new double[0];
    }
    long[] before = new long[totals.size()];
    for (int i = 1; i < before.length; i++) {
      before[i] = before[i - 1] + totals.get(i - 1);
    }
    List<Double> cuts =
        sorted
            .mapPartitionsWithIndex((index, part) -> cuts(part, before[index], n, buckets), false)
            .collect();
    return cuts.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** The distinct numbers of a chunk's training rows, with counts. */
  private static Iterator<Row> counts(SplitChunk split, int m) {
    NumberTable numbers = split.chunk().numbers[m];
    if (numbers == null) {
      return Collections.emptyIterator();
    }
    long[] counts = new long[numbers.count()];
    for (int n = 0; n < split.chunk().rows; n++) {
      int place = split.chunk().single[m][n];
      if (place >= 0 && split.splits()[n] == 0) {
        counts[place]++;
      }
    }
    return IntStream.range(0, counts.length)
        .filter(i -> counts[i] > 0)
        .mapToObj(i -> RowFactory.create(numbers.number(i), counts[i]))
        .iterator();
  }

  private static Iterator<Long> total(Iterator<Row> counts) {
    long total = 0;
    while (counts.hasNext()) {
      total += counts.next().getLong(1);
    }
    return Arrays.asList(total).iterator();
  }

  private static Iterator<Double> cuts(Iterator<Row> counts, long before, long n, int buckets) {
    List<Double> cuts = new ArrayList<>();
    long rank = before;
    while (counts.hasNext()) {
      Row count = counts.next();
      long above = rank + count.getLong(1);
      if (above < n && ranksUpTo(above, n, buckets) > ranksUpTo(rank, n, buckets)) {
        cuts.add(count.getDouble(0));
      }
      rank = above;
    }
    return cuts.iterator();
  }

  /**
   * The number of k &gt;= 1 with ceil(k * n / buckets) at most the given rank, that is k * n &lt;=
   * rank * buckets.
   */
  private static long ranksUpTo(long rank, long n, int buckets) {
    return Math.multiplyExact(rank, (long) buckets) / n;
  }
}

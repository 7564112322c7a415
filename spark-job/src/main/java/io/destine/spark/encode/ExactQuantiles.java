package io.destine.spark.encode;

import static org.apache.spark.sql.functions.col;

import io.destine.feature.FieldSpec;
import io.destine.feature.RawValues;
import io.destine.spark.source.CheckedRows;
import io.destine.spark.source.RowRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;

/**
 * Cut points of a numeric field: of the N values of the training rows in ascending order, those at
 * the ranks ceil(k * N / buckets), k = 1 .. buckets - 1, each once. The largest value is no cut
 * point: nothing lies above it. Exact and distributed: equal values are counted before the shuffle
 * and only cut points reach the driver.
 */
final class ExactQuantiles {
  private ExactQuantiles() {}

  /** The ascending cut points of field m. */
  static double[] of(CheckedRows rows, int m, int buckets) {
    FieldSpec spec = rows.fields().get(m);
    int[] columns = rows.fieldColumns();
    FlatMapFunction<Row, Double> number =
        row -> {
          double x = RawValues.number(spec, new RowRecord(columns).of(row).value(m));
          return Double.isNaN(x) ? List.<Double>of().iterator() : List.of(x + 0.0).iterator();
        };
    Dataset<Row> counts =
        rows.training().flatMap(number, Encoders.DOUBLE()).groupBy("value").count();
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
   * How many k &gt;= 1 have ceil(k * n / buckets) at most the given rank: those k * n &lt;= rank *
   * buckets.
   */
  private static long ranksUpTo(long rank, long n, int buckets) {
    return Math.multiplyExact(rank, (long) buckets) / n;
  }
}

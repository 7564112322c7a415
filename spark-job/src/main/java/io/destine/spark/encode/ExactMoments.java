package io.destine.spark.encode;

import io.destine.feature.FieldSpec;
import io.destine.feature.RawValues;
import io.destine.spark.source.CheckedRows;
import io.destine.spark.source.RowRecord;
import java.io.Serializable;
import java.math.BigDecimal;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Row;

/**
 * Mean and standard deviation of a numeric field over the training rows. Sums are exact, in
 * decimals of any length, so that they do not depend on the order of the rows.
 *
 * @param mean of the values that are not missing; 0 when all are
 * @param std square root of the mean squared distance from the mean; 1 when all values are alike
 */
record ExactMoments(double mean, double std) {

  private record Sum(long count, BigDecimal total) implements Serializable {
    static final Sum NONE = new Sum(0, BigDecimal.ZERO);

    Sum plus(Sum other) {
      return new Sum(count + other.count, total.add(other.total));
    }

    double mean() {
      return total.doubleValue() / count;
    }
  }

  /** The moments of field m; two passes. */
  static ExactMoments of(CheckedRows rows, int m) {
    FieldSpec spec = rows.fields().get(m);
    int[] columns = rows.fieldColumns();
    JavaRDD<Row> training = rows.training().toJavaRDD();
    Sum values = sum(training.mapPartitions(part -> sums(part, columns, m, spec, 0, 1)));
    if (values.count() == 0) {
      return new ExactMoments(0, 1);
    }
    double mean = values.mean();
    Sum squares = sum(training.mapPartitions(part -> sums(part, columns, m, spec, mean, 2)));
    double std = Math.sqrt(squares.mean());
    return new ExactMoments(mean, std > 0 ? std : 1);
  }

  private static Sum sum(JavaRDD<Sum> parts) {
    Sum sum = Sum.NONE;
    for (Sum part : parts.collect()) {
      sum = sum.plus(part);
    }
    return sum;
  }

  private static Iterator<Sum> sums(
      Iterator<Row> rows, int[] columns, int m, FieldSpec spec, double centre, int power) {
    RowRecord record = new RowRecord(columns);
    BigDecimal total = BigDecimal.ZERO;
    long count = 0;
    while (rows.hasNext()) {
      double x = RawValues.number(spec, record.of(rows.next()).value(m));
      if (!Double.isNaN(x)) {
        double distance = x - centre;
        total = total.add(new BigDecimal(power == 1 ? distance : distance * distance));
        count++;
      }
    }
    return List.of(new Sum(count, total)).iterator();
  }
}

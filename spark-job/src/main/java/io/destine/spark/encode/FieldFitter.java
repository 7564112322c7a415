package io.destine.spark.encode;

import io.destine.feature.FieldSpec;
import io.destine.feature.FittedField;
import io.destine.feature.FittedFields;
import io.destine.feature.Transform;
import io.destine.metric.ExactSum;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.SparkSession;

/**
 * Learns cut points, means and standard deviations from the training rows. The same however the
 * rows are ordered and partitioned.
 */
final class FieldFitter {
  private FieldFitter() {}

  /** The fields, fitted to rows. No job when no field needs it. */
  static FittedFields fit(SparkSession spark, List<FieldSpec> fields, JavaRDD<SplitChunk> rows) {
    int[] linear = withTransform(fields, Transform.LINEAR);
    double[] means = means(rows, linear, new double[linear.length], 1);
    double[] squares = means(rows, linear, means, 2);
    List<FittedField> fitted = new ArrayList<>();
    int next = 0;
    for (int m = 0; m < fields.size(); m++) {
      FieldSpec spec = fields.get(m);
      if (spec.transform() == Transform.QUANTILE) {
        fitted.add(FittedField.quantile(spec, ExactQuantiles.of(spark, rows, m, spec.buckets())));
      } else if (spec.transform() == Transform.LINEAR) {
        double std = Math.sqrt(squares[next]);
        fitted.add(FittedField.linear(spec, means[next], std > 0 ? std : 1));
        next++;
      } else {
        fitted.add(FittedField.of(spec));
      }
    }
    return new FittedFields(fitted);
  }

  private static int[] withTransform(List<FieldSpec> fields, Transform transform) {
    List<Integer> found = new ArrayList<>();
    for (int m = 0; m < fields.size(); m++) {
      if (fields.get(m).transform() == transform) {
        found.add(m);
      }
    }
    return found.stream().mapToInt(Integer::intValue).toArray();
  }

  /**
   * [fields] exact means of (x - centre)^power over the training values; 0 where all are missing.
   */
  private static double[] means(
      JavaRDD<SplitChunk> rows, int[] fields, double[] centres, int power) {
    double[] means = new double[fields.length];
    if (fields.length == 0) {
      return means;
    }
    List<ExactSum[]> parts = rows.mapPartitions(c -> sums(c, fields, centres, power)).collect();
    for (int i = 0; i < fields.length; i++) {
      ExactSum sum = new ExactSum();
      for (ExactSum[] part : parts) {
        sum.plus(part[i]);
      }
      means[i] = sum.count() == 0 ? 0 : sum.mean();
    }
    return means;
  }

  private static Iterator<ExactSum[]> sums(
      Iterator<SplitChunk> chunks, int[] fields, double[] centres, int power) {
    ExactSum[] sums = new ExactSum[fields.length];
    for (int i = 0; i < sums.length; i++) {
      sums[i] = new ExactSum();
    }
    while (chunks.hasNext()) {
      SplitChunk split = chunks.next();
      for (int i = 0; i < fields.length; i++) {
        double[] values = split.chunk().linear[fields[i]];
        for (int n = 0; n < values.length; n++) {
          if (split.splits()[n] == 0 && !Double.isNaN(values[n])) {
            double distance = values[n] - centres[i];
            sums[i].add(power == 1 ? distance : distance * distance);
          }
        }
      }
    }
    return List.<ExactSum[]>of(sums).iterator();
  }
}

package io.destine.spark.encode;

import io.destine.feature.FieldSpec;
import io.destine.feature.FittedField;
import io.destine.feature.FittedFields;
import io.destine.feature.SideTable;
import io.destine.feature.Transform;
import io.destine.numeric.ExactSum;
import io.destine.spark.conf.UserError;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.SparkSession;

/**
 * Computes cut points, means and standard deviations from the training rows. The result does not
 * depend on the order or partitioning of the rows.
 */
final class FieldFitter {
  private FieldFitter() {}

  /**
   * The fields fitted to the rows; fields of a side table are fitted to its rows. Runs no job if no
   * field needs one.
   */
  static FittedFields fit(
      SparkSession spark,
      List<FieldSpec> fields,
      List<SideTable> tables,
      JavaRDD<SplitChunk> rows) {
    int[] linear = withTransform(fields, Transform.LINEAR);
    Sums values = sums(rows, linear, new double[linear.length], 1);
    requireSquares(fields, linear, values.largest());
    double[] means = values.means();
    double[] squares = sums(rows, linear, means, 2).means();
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
    return new FittedFields(fitted, tables);
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

  /** Exact sums by field of (x - centre)^power, and the largest |x|. */
  private record Sums(ExactSum[] sums, double[] largest) implements Serializable {
    static Sums of(int fields) {
      return new Sums(
          Stream.generate(ExactSum::new).limit(fields).toArray(ExactSum[]::new),
          new double[fields]);
    }

    Sums plus(Sums other) {
      for (int i = 0; i < sums.length; i++) {
        sums[i].plus(other.sums[i]);
        largest[i] = Math.max(largest[i], other.largest[i]);
      }
      return this;
    }

    /** Means by field; 0 where all values are missing. */
    double[] means() {
      return Stream.of(sums).mapToDouble(sum -> sum.count() == 0 ? 0 : sum.mean()).toArray();
    }
  }

  private static Sums sums(JavaRDD<SplitChunk> rows, int[] fields, double[] centres, int power) {
    if (fields.length == 0 || rows.getNumPartitions() == 0) {
      return Sums.of(fields.length);
    }
    return rows.mapPartitions(c -> List.of(sums(c, fields, centres, power)).iterator())
        .treeReduce(Sums::plus);
  }

  private static Sums sums(Iterator<SplitChunk> chunks, int[] fields, double[] centres, int power) {
    Sums part = Sums.of(fields.length);
    while (chunks.hasNext()) {
      SplitChunk split = chunks.next();
      for (int i = 0; i < fields.length; i++) {
        double[] values = split.chunk().linear[fields[i]];
        for (int n = 0; values != null && n < values.length; n++) {
          if (split.splits()[n] == 0 && !Double.isNaN(values[n])) {
            double distance = values[n] - centres[i];
            part.sums[i].add(power == 1 ? distance : distance * distance);
            part.largest[i] = Math.max(part.largest[i], Math.abs(values[n]));
          }
        }
      }
    }
    return part;
  }

  /** Rejects numbers whose squared distance from the mean exceeds the range of double. */
  private static void requireSquares(List<FieldSpec> fields, int[] linear, double[] largest) {
    for (int i = 0; i < linear.length; i++) {
      double distance = 2 * largest[i];
      if (Double.isInfinite(distance * distance)) {
        throw new UserError(
            String.format(
                Locale.ROOT,
                "field \"%s\": a number of size %s is too large for transform linear, which"
                    + " computes a variance; the limit is 6e153. Correct the value, or set transform to"
                    + " quantile",
                fields.get(linear[i]).name(),
                largest[i]));
      }
    }
  }
}

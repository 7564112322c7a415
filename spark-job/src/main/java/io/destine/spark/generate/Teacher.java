package io.destine.spark.generate;

import io.destine.random.CounterRandom;
import io.destine.random.Purpose;
import java.util.Arrays;
import java.util.List;

/**
 * The model that labels come from: a factorization machine over given pairs of fields,
 *
 * <pre>
 *   logit = b + s1 (sum over fields m of w_m - mean) + s2 (sum over pairs (m, n) of v_m . v_n - mean)
 * </pre>
 *
 * <p>Every value of a field has an effect w and a vector v of {@value #RANK} numbers, uniform with
 * mean 0 and variance 1 and a function of (seed, field, value). Rare values have them as well, and
 * so has a missing value. Of a number they are a slope times its standardised logarithm, of a list
 * the mean of its values', of a vector a linear map. v is centred: the mean over rows of every
 * field's vectors is 0, so interactions say nothing that single values could say. {@link
 * TeacherScale} holds b, s1, s2 and the means. Mutable; one thread.
 */
final class Teacher {
  /** Width of the vectors of values. */
  static final int RANK = 4;

  private static final int PARTS = 1 + RANK;
  private static final int PART_BITS = 12;
  private static final double PART_SCALE = Math.sqrt(12) / (1 << PART_BITS);
  private static final double PART_CENTRE = ((1 << PART_BITS) - 1) / 2.0;
  private static final double LARGEST = 5;

  private final List<GeneratedField> fields;
  private final List<FieldPair> pairs;
  private final CounterRandom[] streams;
  private final double[][] parts;

  Teacher(ClickLog log) {
    fields = log.fields();
    pairs = log.teacher().pairs();
    streams = new CounterRandom[fields.size()];
    parts = new double[fields.size()][PARTS];
    CounterRandom random = CounterRandom.of(log.seed(), Purpose.TEACHER);
    Arrays.setAll(streams, random::at);
  }

  /** Takes in a row, of which the other methods speak. */
  void read(DrawnRow row) {
    for (int m = 0; m < fields.size(); m++) {
      double[] sum = parts[m];
      Arrays.fill(sum, 0);
      int length = row.length(m);
      if (length == 0) {
        add(sum, streams[m].bits(0), 1);
        continue;
      }
      switch (fields.get(m).kind()) {
        case CATEGORICAL -> add(sum, streams[m].bits(row.rank(m, 0)), 1);
        case NUMERIC -> add(sum, streams[m].bits(1), standardized(row.number(m), m));
        case MULTI -> {
          for (int i = 0; i < length; i++) {
            add(sum, streams[m].bits(row.rank(m, i)), 1.0 / length);
          }
        }
        case VECTOR -> {
          float[] vector = row.vector(m);
          for (int i = 0; i < length; i++) {
            add(sum, streams[m].bits(1 + i), vector[i] / Math.sqrt(length));
          }
        }
      }
    }
  }

  /** ln(1 + x / scale) has an exponential distribution before x is rounded. */
  private static double standardized(double number, int m) {
    double x = DrawnRow.TAIL * StrictMath.log(1 + number / DrawnRow.scale(m)) - 1;
    return Math.min(x, LARGEST);
  }

  private static void add(double[] sum, long bits, double factor) {
    for (int i = 0; i < PARTS; i++) {
      long part = (bits >>> (i * PART_BITS)) & ((1 << PART_BITS) - 1);
      sum[i] += factor * PART_SCALE * (part - PART_CENTRE);
    }
  }

  /** The sum of effects of single values, not scaled. */
  double firstOrder() {
    double sum = 0;
    for (double[] part : parts) {
      sum += part[0];
    }
    return sum;
  }

  /** The sum of products, not scaled, of vectors less their means [M][RANK]. */
  double interaction(double[][] means) {
    double sum = 0;
    for (FieldPair pair : pairs) {
      double[] a = parts[pair.first()];
      double[] b = parts[pair.second()];
      double[] meanA = means[pair.first()];
      double[] meanB = means[pair.second()];
      for (int i = 0; i < RANK; i++) {
        sum += (a[1 + i] - meanA[i]) * (b[1 + i] - meanB[i]);
      }
    }
    return sum;
  }

  /** Adds the row's vectors to sums [M][RANK]. */
  void addVectors(double[][] sums) {
    for (int m = 0; m < parts.length; m++) {
      for (int i = 0; i < RANK; i++) {
        sums[m][i] += parts[m][1 + i];
      }
    }
  }
}

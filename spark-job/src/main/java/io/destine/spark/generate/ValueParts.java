package io.destine.spark.generate;

import io.destine.random.CounterRandom;
import io.destine.random.Purpose;
import java.util.Arrays;
import java.util.List;

/**
 * What a teacher knows of the values of a row: an effect w_m and a vector v_m of {@value #RANK}
 * numbers for each field m.
 *
 * <p>They are uniform with mean 0 and variance 1 and a function of (seed, field, value). Rare
 * values have them as well, and so has a missing value. Of a number they are a slope times its
 * standardised logarithm, of a list the mean of its values', of a vector a linear map. Mutable; one
 * thread.
 */
final class ValueParts {
  /** Width of the vectors of values. */
  static final int RANK = 4;

  private static final int PARTS = 1 + RANK;
  private static final int PART_BITS = 12;
  private static final double PART_SCALE = Math.sqrt(12) / (1 << PART_BITS);
  private static final double PART_CENTRE = ((1 << PART_BITS) - 1) / 2.0;
  private static final double LARGEST = 5;

  private final List<GeneratedField> fields;
  private final CounterRandom[] streams;
  private final double[][] parts;

  ValueParts(ClickLog log) {
    fields = log.fields();
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

  /** ln(1 + x / scale) has an exponential distribution before x is rounded. From -1 to 5. */
  static double standardized(double number, int m) {
    double x = DrawnRow.TAIL * StrictMath.log(1 + number / DrawnRow.scale(m)) - 1;
    return Math.min(x, LARGEST);
  }

  private static void add(double[] sum, long bits, double factor) {
    for (int i = 0; i < PARTS; i++) {
      long part = (bits >>> (i * PART_BITS)) & ((1 << PART_BITS) - 1);
      sum[i] += factor * PART_SCALE * (part - PART_CENTRE);
    }
  }

  /** The sum over fields m of w_m. */
  double effects() {
    double sum = 0;
    for (double[] part : parts) {
      sum += part[0];
    }
    return sum;
  }

  /** Adds the vectors to sums [M][RANK]. */
  void addVectors(double[][] sums) {
    for (int m = 0; m < parts.length; m++) {
      for (int i = 0; i < RANK; i++) {
        sums[m][i] += parts[m][1 + i];
      }
    }
  }

  /** Puts the vectors less their means, x_m = v_m - mean_m, into x; both are [M][RANK]. */
  void centre(double[][] means, double[][] x) {
    for (int m = 0; m < parts.length; m++) {
      for (int i = 0; i < RANK; i++) {
        x[m][i] = parts[m][1 + i] - means[m][i];
      }
    }
  }
}

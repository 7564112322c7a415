package io.destine.spark.generate;

import io.destine.random.CounterRandom;
import io.destine.random.Purpose;
import java.util.Arrays;
import java.util.List;

/**
 * The parameters of a teacher for the values of a row: an effect w_m and a vector v_m of {@value
 * #RANK} numbers for each field m.
 *
 * <p>They are uniform with mean 0 and variance 1, and a function of (seed, field, value). Rare
 * values and the missing value have them too. For a number they are a slope times its standardised
 * logarithm, for a list the mean over its values, for a vector a linear map. With a drift of a, the
 * parameters of day t are cos(a t) u + sin(a t) u', where u and u' are two such draws: they have
 * the same variance, and the correlation cos(a) from one day to the next. Mutable; one thread.
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
  private final double drift;
  private final CounterRandom[] streams;
  private final CounterRandom[] turnedStreams;
  private final double[][] parts;

  /** u', if there is a drift. */
  private final double[][] turned;

  private double cosine = 1;
  private double sine;

  ValueParts(ClickLog log) {
    fields = log.fields();
    streams = new CounterRandom[fields.size()];
    parts = new double[fields.size()][PARTS];
    drift = log.teacher().drift();
    turned = new double[drift == 0 ? 0 : fields.size()][PARTS];
    CounterRandom random = CounterRandom.of(log.seed(), Purpose.TEACHER);
    Arrays.setAll(streams, random::at);
    turnedStreams = new CounterRandom[turned.length];
    Arrays.setAll(turnedStreams, random.at("drift")::at);
  }

  /** Sets the row for the other methods. */
  void read(DrawnRow row) {
    read(row, streams, parts);
    if (drift > 0) {
      read(row, turnedStreams, turned);
      cosine = StrictMath.cos(drift * row.day());
      sine = StrictMath.sin(drift * row.day());
    }
  }

  private void read(DrawnRow row, CounterRandom[] random, double[][] into) {
    for (int m = 0; m < fields.size(); m++) {
      double[] sum = into[m];
      Arrays.fill(sum, 0);
      int length = row.length(m);
      if (length == 0) {
        add(sum, random[m].bits(0), 1);
        continue;
      }
      switch (fields.get(m).kind()) {
        case CATEGORICAL -> add(sum, random[m].bits(row.rank(m, 0)), 1);
        case NUMERIC -> add(sum, random[m].bits(1), standardized(row.number(m), m));
        case MULTI, TEXT -> {
          for (int i = 0; i < length; i++) {
            add(sum, random[m].bits(row.rank(m, i)), 1.0 / length);
          }
        }
        case VECTOR -> {
          float[] vector = row.vector(m);
          for (int i = 0; i < length; i++) {
            add(sum, random[m].bits(1 + i), vector[i] / Math.sqrt(length));
          }
        }
      }
    }
  }

  /**
   * The standardised logarithm, from -1 to 5: ln(1 + x / scale) has an exponential distribution
   * before x is rounded.
   */
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
    double sum = effects(parts);
    return drift == 0 ? sum : cosine * sum + sine * effects(turned);
  }

  private static double effects(double[][] parts) {
    double sum = 0;
    for (double[] part : parts) {
      sum += part[0];
    }
    return sum;
  }

  /** w_m. */
  double effect(int m) {
    return drift == 0 ? parts[m][0] : cosine * parts[m][0] + sine * turned[m][0];
  }

  /** Length of a field's vectors: u and, if there is a drift, u'. */
  int numbers() {
    return drift == 0 ? RANK : 2 * RANK;
  }

  /** Adds the vectors to sums [M][numbers]. */
  void addVectors(double[][] sums) {
    addVectors(parts, sums, 0);
    addVectors(turned, sums, RANK);
  }

  private static void addVectors(double[][] parts, double[][] sums, int at) {
    for (int m = 0; m < parts.length; m++) {
      for (int i = 0; i < RANK; i++) {
        sums[m][at + i] += parts[m][1 + i];
      }
    }
  }

  /**
   * Writes the vectors minus their means, x_m = v_m - mean_m, into x.
   *
   * @param means [M][numbers]
   * @param x [M][RANK]
   */
  void centre(double[][] means, double[][] x) {
    for (int m = 0; m < parts.length; m++) {
      for (int i = 0; i < RANK; i++) {
        x[m][i] = parts[m][1 + i] - means[m][i];
        if (drift > 0) {
          x[m][i] = cosine * x[m][i] + sine * (turned[m][1 + i] - means[m][RANK + i]);
        }
      }
    }
  }
}

package io.destine.spark.generate;

import java.io.Serializable;
import java.util.Arrays;

/**
 * What makes the teacher's logits those that are asked for: means and standard deviations over a
 * sample of rows with numbers below 0, which are in no click log but have the same distribution.
 *
 * @param means [M][RANK] of the fields' vectors
 * @param intercept b, with the means of both parts taken off
 * @param firstFactor s1
 * @param interactionFactor s2
 * @param soloIntercept logit of the model of single values alone is soloIntercept + soloSlope times
 *     their unscaled sum: the two numbers with the least log loss
 * @param soloSlope see there
 */
@SuppressWarnings("ArrayRecordComponent")
record TeacherScale(
    double[][] means,
    double intercept,
    double firstFactor,
    double interactionFactor,
    double soloIntercept,
    double soloSlope)
    implements Serializable {

  private static final int SAMPLE = 1 << 16;
  private static final int NEWTON_STEPS = 20;
  private static final double FARTHEST = 60;

  /** The scale for a click log. */
  static TeacherScale of(ClickLog log) {
    DrawnRow row = new DrawnRow(log);
    Teacher teacher = new Teacher(log);
    double[][] means = new double[log.fields().size()][Teacher.RANK];
    for (int n = 0; n < SAMPLE; n++) {
      row.draw(-1 - n);
      teacher.read(row);
      teacher.addVectors(means);
    }
    for (double[] mean : means) {
      Arrays.setAll(mean, i -> mean[i] / SAMPLE);
    }
    double[] first = new double[SAMPLE];
    double[] interaction = new double[SAMPLE];
    for (int n = 0; n < SAMPLE; n++) {
      row.draw(-1 - n);
      teacher.read(row);
      first[n] = teacher.firstOrder();
      interaction[n] = teacher.interaction(means);
    }
    double s1 = factor(log.teacher().firstOrder(), first);
    double s2 = factor(log.teacher().interaction(), interaction);
    double[] logits = new double[SAMPLE];
    Arrays.setAll(logits, n -> s1 * first[n] + s2 * interaction[n]);
    double b = intercept(logits, log.teacher().clickRate());
    double[] probabilities = new double[SAMPLE];
    Arrays.setAll(probabilities, n -> probability(b + logits[n]));
    double[] solo = fit(first, probabilities);
    return new TeacherScale(means, b, s1, s2, solo[0], solo[1]);
  }

  /** 1 / (1 + e^-logit). */
  static double probability(double logit) {
    return 1 / (1 + StrictMath.exp(-logit));
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).sum() / values.length;
  }

  private static double factor(double deviation, double[] values) {
    double mean = mean(values);
    double variance = 0;
    for (double value : values) {
      variance += (value - mean) * (value - mean) / values.length;
    }
    return variance == 0 ? 0 : deviation / Math.sqrt(variance);
  }

  /** The intercept with which the mean probability is the click rate, by bisection. */
  private static double intercept(double[] logits, double clickRate) {
    double low = -FARTHEST;
    double high = FARTHEST;
    // Halved until neighbouring doubles are reached.
    while (true) {
      double middle = (low + high) / 2;
      if (middle <= low || middle >= high) {
        return middle;
      }
      double sum = 0;
      for (double logit : logits) {
        sum += probability(middle + logit);
      }
      if (sum / logits.length < clickRate) {
        low = middle;
      } else {
        high = middle;
      }
    }
  }

  /** Logistic regression of probabilities on x: intercept and slope, by Newton's method. */
  private static double[] fit(double[] x, double[] probabilities) {
    double rate = mean(probabilities);
    double a = StrictMath.log(rate / (1 - rate));
    double b = 0;
    for (int step = 0; step < NEWTON_STEPS; step++) {
      double g0 = 0;
      double g1 = 0;
      double h00 = 0;
      double h01 = 0;
      double h11 = 0;
      for (int n = 0; n < x.length; n++) {
        double p = probability(a + b * x[n]);
        double difference = probabilities[n] - p;
        double curvature = p * (1 - p);
        g0 += difference;
        g1 += difference * x[n];
        h00 += curvature;
        h01 += curvature * x[n];
        h11 += curvature * x[n] * x[n];
      }
      double determinant = h00 * h11 - h01 * h01;
      if (!(determinant > 0)) {
        break;
      }
      a += (h11 * g0 - h01 * g1) / determinant;
      b += (h00 * g1 - h01 * g0) / determinant;
    }
    return new double[] {a, b};
  }
}

package io.destine.spark.generate;

import java.io.Serializable;
import java.util.Arrays;

/**
 * The normalization of the teacher's logits: means and standard deviations over a sample of rows
 * with negative numbers, which are not in the click log but have the same distribution.
 *
 * @param means [M][{@link ValueParts#numbers}] of the fields' vectors
 * @param factors of attention's logits; 1 for a factorization machine
 * @param firstOrderOfInteraction coefficients of g for {@link FirstOrderCells}; empty for a
 *     factorization machine
 * @param intercept b, for which the mean probability is the click rate
 * @param firstFactor s1
 * @param interactionFactor s2
 * @param soloIntercept the logit of the model of single values only is soloIntercept + soloSlope
 *     times their unscaled sum, with the two numbers that minimise the log loss
 * @param soloSlope see soloIntercept
 * @param without [fields of items + 1] intercept and slope that minimise the log loss of the logit
 *     without the field; the last one is without all of these fields; empty if there are none
 */
@SuppressWarnings("ArrayRecordComponent")
record TeacherScale(
    double[][] means,
    AttentionFactors factors,
    double[] firstOrderOfInteraction,
    double intercept,
    double firstFactor,
    double interactionFactor,
    double soloIntercept,
    double soloSlope,
    double[][] without)
    implements Serializable {

  private static final int SAMPLE = 1 << 16;
  private static final int NEWTON_STEPS = 20;

  /**
   * The penalty grows with the number of fields: a single field then contributes less, and more of
   * it is noise.
   */
  private static final double PENALTY_OF_A_FIELD = 1.0 / 8;

  private static final double FARTHEST = 60;

  /** The scale for a click log. */
  static TeacherScale of(ClickLog log) {
    double[][] means = means(log);
    boolean attention = log.teacher().kind() == TeacherKind.ATTENTION;
    AttentionFactors factors = attention ? factors(log, means) : AttentionFactors.ONE;
    Interaction interaction = Teacher.interaction(log, factors);
    double[] single = attention ? single(log, means, interaction) : new double[0];
    FirstOrderCells cells = new FirstOrderCells(log.fields());
    double[] first = new double[SAMPLE];
    double[] together = new double[SAMPLE];
    // g has not been fitted to these rows, so its error is the same as on the click log.
    sample(
        log,
        means,
        attention ? SAMPLE : 0,
        (n, row, parts, x) -> {
          first[n] = parts.effects();
          together[n] = interaction.of(x);
          if (attention) {
            cells.read(row, x);
            together[n] -= cells.dot(single);
          }
        });
    double s1 = factor(log.teacher().firstOrder(), first);
    double s2 = factor(log.teacher().interaction(), together);
    double[] logits = new double[SAMPLE];
    Arrays.setAll(logits, n -> s1 * first[n] + s2 * together[n]);
    double b = intercept(logits, log.teacher().clickRate());
    double[] probabilities = new double[SAMPLE];
    Arrays.setAll(probabilities, n -> probability(b + logits[n]));
    double[] solo = fit(first, probabilities);
    TeacherScale scale =
        new TeacherScale(means, factors, single, b, s1, s2, solo[0], solo[1], new double[0][]);
    return log.itemFields() == 0 ? scale : scale.withLines(log, interaction, probabilities);
  }

  private TeacherScale withLines(ClickLog log, Interaction interaction, double[] probabilities) {
    double[][] lines = new double[log.itemFields() + 1][];
    double[] logits = new double[SAMPLE];
    for (int without = 0; without < lines.length; without++) {
      int fields = without;
      sample(
          log,
          means,
          0,
          (n, row, parts, x) ->
              logits[n] = Teacher.logitWithout(log, this, parts, interaction, x, fields));
      lines[without] = fit(logits, probabilities);
    }
    return new TeacherScale(
        means,
        factors,
        firstOrderOfInteraction,
        intercept,
        firstFactor,
        interactionFactor,
        soloIntercept,
        soloSlope,
        lines);
  }

  /** Receives the rows of a sample, one after the other. */
  private interface Visitor {
    void visit(int n, DrawnRow row, ValueParts parts, double[][] x);
  }

  /** Visits the rows with numbers from -1 - offset downwards. */
  private static void sample(ClickLog log, double[][] means, int offset, Visitor visitor) {
    DrawnRow row = new DrawnRow(log);
    ValueParts parts = new ValueParts(log);
    double[][] x = new double[log.fields().size()][ValueParts.RANK];
    for (int n = 0; n < SAMPLE; n++) {
      row.draw(-1 - offset - n);
      parts.read(row);
      parts.centre(means, x);
      visitor.visit(n, row, parts, x);
    }
  }

  private static double[][] means(ClickLog log) {
    int numbers = new ValueParts(log).numbers();
    double[][] sums = new double[log.fields().size()][numbers];
    double[][] none = new double[log.fields().size()][numbers];
    sample(log, none, 0, (n, row, parts, x) -> parts.addVectors(sums));
    for (double[] sum : sums) {
      Arrays.setAll(sum, i -> sum[i] / SAMPLE);
    }
    return sums;
  }

  private static AttentionFactors factors(ClickLog log, double[][] means) {
    TeacherAttention layer =
        new TeacherAttention(log.seed(), log.fields().size(), AttentionFactors.ONE);
    double[] sums = new double[2];
    sample(
        log,
        means,
        0,
        (n, row, parts, x) -> {
          double[] variances = layer.variances(x);
          sums[0] += variances[0] / SAMPLE;
          sums[1] += variances[1] / SAMPLE;
        });
    return TeacherAttention.factors(sums[0], sums[1]);
  }

  /** Coefficients of the sum of functions of single fields that is closest to an interaction. */
  private static double[] single(ClickLog log, double[][] means, Interaction interaction) {
    FirstOrderCells cells = new FirstOrderCells(log.fields());
    double[] values = new double[SAMPLE];
    sample(log, means, 0, (n, row, parts, x) -> values[n] = interaction.of(x));
    LeastSquares squares =
        new LeastSquares(
            cells.columns(), SAMPLE, cells.mostEntries(), log.fields().size() * PENALTY_OF_A_FIELD);
    double mean = mean(values);
    sample(
        log,
        means,
        0,
        (n, row, parts, x) -> {
          cells.read(row, x);
          squares.add(cells, values[n] - mean);
        });
    return squares.coefficients();
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

  /** The intercept for which the mean probability equals the click rate, by bisection. */
  private static double intercept(double[] logits, double clickRate) {
    double low = -FARTHEST;
    double high = FARTHEST;
    // Halve the interval until its ends are neighbouring doubles.
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

package io.destine.spark.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.destine.random.CounterRandom;
import io.destine.random.Purpose;
import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

class TeacherAttentionTest {
  private static final int C = 4;
  private static final long SEED = 7;

  /** Rows that are not those of a click log: any numbers. */
  private static double[][] row(int fields, int number) {
    CounterRandom random = CounterRandom.of(99, Purpose.GENERATED_ROW).at(number);
    double[][] x = new double[fields][C];
    for (int m = 0; m < fields; m++) {
      for (int i = 0; i < C; i++) {
        x[m][i] = 1.5 * random.gaussian((long) m * C + i);
      }
    }
    return x;
  }

  /** The matrix of a name: normal numbers, row after row, with the deviation. */
  private static double[][] matrix(String name, int rows, double deviation) {
    CounterRandom random = CounterRandom.of(SEED, Purpose.TEACHER).at("attention").at(name);
    double[][] matrix = new double[rows][C];
    for (int i = 0; i < rows * C; i++) {
      matrix[i / C][i % C] = random.gaussian(i) * deviation;
    }
    return matrix;
  }

  private static double sum(int count, IntToDoubleFunction term) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += term.applyAsDouble(i);
    }
    return sum;
  }

  private static double[] times(double[][] matrix, double[] x) {
    double[] product = new double[matrix.length];
    Arrays.setAll(product, i -> sum(C, j -> matrix[i][j] * x[j]));
    return product;
  }

  private static double[] mean(double[][] vectors) {
    double[] mean = new double[C];
    Arrays.setAll(mean, i -> sum(vectors.length, m -> vectors[m][i]) / vectors.length);
    return mean;
  }

  /** The equations as they stand, without centred keys or shifted exponents. */
  private static double expected(double[][] x, double t, double unaryT) {
    int fields = x.length;
    double[][] query = matrix("query", C, 0.5);
    double[][] key = matrix("key", C, 0.5);
    double[][] value = matrix("value", C, 0.5);
    double[][] residual = matrix("residual", C, 0.5);
    double[][] unaryQuery = matrix("unary query", C, 0.5);
    double[][] output = matrix("output", fields, 1);
    double[][] q = Arrays.stream(x).map(v -> times(query, v)).toArray(double[][]::new);
    double[][] k = Arrays.stream(x).map(v -> times(key, v)).toArray(double[][]::new);
    double[] meanQ = mean(q);
    double[] meanK = mean(k);
    double[] q0 = mean(Arrays.stream(x).map(v -> times(unaryQuery, v)).toArray(double[][]::new));
    double total = 0;
    for (int m = 0; m < fields; m++) {
      double[] here = q[m];
      double[] pair = new double[fields];
      double[] unary = new double[fields];
      for (int n = 0; n < fields; n++) {
        double[] there = k[n];
        pair[n] = Math.exp(t * sum(C, i -> (here[i] - meanQ[i]) * (there[i] - meanK[i])));
        unary[n] = Math.exp(unaryT * sum(C, i -> q0[i] * there[i]));
      }
      double pairSum = Arrays.stream(pair).sum();
      double unarySum = Arrays.stream(unary).sum();
      double[] z = new double[C];
      for (int n = 0; n < fields; n++) {
        double[] v = times(value, x[n]);
        for (int i = 0; i < C; i++) {
          z[i] += (pair[n] / pairSum + unary[n] / unarySum) * v[i];
        }
      }
      double[] r = times(residual, x[m]);
      double[] w = output[m];
      total += sum(C, i -> w[i] * Math.max(0, z[i] + r[i]));
    }
    return total;
  }

  @Test
  void aRowHasTheValueOfTheEquations() {
    for (int fields : new int[] {2, 3, 8}) {
      TeacherAttention layer = new TeacherAttention(SEED, fields, new AttentionFactors(1.3, 2.1));
      for (int number = 0; number < 20; number++) {
        double[][] x = row(fields, number);
        double expected = expected(x, 1.3, 2.1);
        assertThat(layer.of(x))
            .as("%d fields, row %d", fields, number)
            .isCloseTo(expected, within(1e-12 * (1 + Math.abs(expected))));
        assertThat(layer.of(x)).isEqualTo(layer.of(x));
      }
    }
  }

  @Test
  void weightsArePositiveAndSumToOne() {
    TeacherAttention layer = new TeacherAttention(SEED, 8, new AttentionFactors(3, 3));
    for (int number = 0; number < 50; number++) {
      layer.of(row(8, number));
      assertThat(Arrays.stream(layer.unaryWeights()).sum()).isCloseTo(1, within(1e-14));
      assertThat(Arrays.stream(layer.unaryWeights()).min().orElseThrow()).isPositive();
      for (double[] p : layer.pairwiseWeights()) {
        assertThat(Arrays.stream(p).sum()).isCloseTo(1, within(1e-14));
        assertThat(Arrays.stream(p).min().orElseThrow()).isPositive();
      }
    }
  }

  /** Far from uniform: of eight fields, weights have the entropy of four equal ones, or less. */
  @Test
  void attentionIsSharp() {
    ClickLog log =
        new ClickLog(
            Shape.plain(0, 8, 50, 1),
            "label",
            1,
            1,
            0.9,
            0.1,
            0,
            TeacherSettings.attention(0.2, 0.8, 0.8),
            false);
    TeacherScale scale = TeacherScale.of(log);
    TeacherAttention layer = new TeacherAttention(log.seed(), 8, scale.factors());
    DrawnRow row = new DrawnRow(log);
    ValueParts parts = new ValueParts(log);
    double[][] x = new double[8][C];
    double pairwise = 0;
    double unary = 0;
    int rows = 5_000;
    for (int n = 0; n < rows; n++) {
      row.draw(n);
      parts.read(row);
      parts.centre(scale.means(), x);
      layer.of(x);
      unary += entropy(layer.unaryWeights()) / rows;
      for (double[] p : layer.pairwiseWeights()) {
        pairwise += entropy(p) / 8 / rows;
      }
    }
    assertThat(pairwise).isBetween(Math.log(2), Math.log(4));
    assertThat(unary).isBetween(Math.log(2), Math.log(4));
  }

  private static double entropy(double[] weights) {
    return -Arrays.stream(weights).map(p -> p * Math.log(p)).sum();
  }
}

package io.destine.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.destine.param.Gradient;
import io.destine.testing.Seeds;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ExactSumTest {
  private final long seed = Seeds.next("exact sums");
  private final Random random = new Random(seed);

  private static double sum(List<Double> numbers, int parts) {
    ExactSum[] sums = new ExactSum[parts];
    Arrays.setAll(sums, i -> new ExactSum());
    for (int i = 0; i < numbers.size(); i++) {
      sums[i % parts].add(numbers.get(i));
    }
    ExactSum all = new ExactSum();
    for (ExactSum part : sums) {
      all.take(part);
      assertThat(part.toDouble()).isZero();
    }
    return all.toDouble();
  }

  @Test
  void theOrderAndTheMergesDoNotShowAndTheSumIsThatOfDecimals() {
    List<Double> numbers = new ArrayList<>(List.of(0.0, Double.MIN_VALUE, 1e-310, 0x1p1022));
    for (int i = 0; i < 4000; i++) {
      numbers.add(Math.scalb(random.nextDouble(), random.nextInt(2000) - 1000));
    }
    BigDecimal exact = numbers.stream().map(BigDecimal::new).reduce(BigDecimal::add).orElseThrow();
    double first = sum(numbers, 1);
    assertThat(first).isCloseTo(exact.doubleValue(), within(2 * Math.ulp(first)));
    for (int parts : new int[] {1, 2, 7}) {
      Collections.shuffle(numbers, random);
      assertThat(sum(numbers, parts)).as("seed " + seed).isEqualTo(first);
    }
  }

  @Test
  void whatIsSmallBesideTheSumIsNotLost() {
    ExactSum sum = new ExactSum();
    sum.add(0x1p60);
    for (int i = 0; i < 1 << 12; i++) {
      sum.add(0x1p-4);
    }
    assertThat(sum.toDouble()).isEqualTo(0x1p60 + 0x1p8);
  }

  @Test
  void numbersThatAreNoSquaresAreRefused() {
    for (double number : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> new ExactSum().add(number))
          .isInstanceOf(ArithmeticException.class)
          .hasMessageContaining("finite and not negative");
    }
  }

  /** The same rows under other ids, so in another order, and for other numbers of threads. */
  @Test
  void theNormDoesNotDependOnTheOrderOfRows() {
    int rows = 5000;
    double[][] values = new double[rows][17];
    for (double[] row : values) {
      Arrays.setAll(row, i -> random.nextGaussian() * Math.scalb(1, random.nextInt(30)));
    }
    List<Integer> order = new ArrayList<>(IntStream.range(0, rows).boxed().toList());
    double first = norm(values, order, 1);
    double squares = 1;
    for (double[] row : values) {
      squares += Arrays.stream(row).map(x -> x * x).sum();
    }
    assertThat(first).isCloseTo(Math.sqrt(squares) / 8, within(1e-12 * first));
    for (int threads = 1; threads <= 3; threads++) {
      Collections.shuffle(order, random);
      assertThat(norm(values, order, threads)).as("seed " + seed).isEqualTo(first);
    }
  }

  private static double norm(double[][] values, List<Integer> order, int threads) {
    double[] embedding = new double[16 * values.length];
    double[] wide = new double[values.length];
    for (int k = 0; k < values.length; k++) {
      double[] row = values[order.get(k)];
      System.arraycopy(row, 0, embedding, 16 * k, 16);
      wide[k] = row[16];
    }
    int[] ids = IntStream.range(0, values.length).toArray();
    Gradient gradient =
        new Gradient(new double[] {1}, new double[0], ids, embedding, wide, 1, 8, 8);
    return GradientNorm.of(gradient, 16, threads);
  }
}

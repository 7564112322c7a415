package io.destine.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.destine.param.Gradient;
import io.destine.testing.Seeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GradientNormTest {
  private final long seed = Seeds.next("exact sums");
  private final Random random = new Random(seed);

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
    return Math.sqrt(GradientNorm.squares(gradient, 16, threads).value()) / gradient.weight();
  }
}

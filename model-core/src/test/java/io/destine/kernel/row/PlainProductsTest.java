package io.destine.kernel.row;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each sum has its terms in order, one fused multiply-add each, and no other lane changes. */
class PlainProductsTest {
  private static final int SPARE = 8;
  private final Random random = new Random(11);

  @ParameterizedTest
  @ValueSource(ints = {4, 8, 12, 16, 20, 40, 64, 100, 300})
  void everySumHasItsTermsInOrder(int lanes) {
    for (int count = 1; count <= 9; count++) {
      for (int terms = 1; terms <= 21; terms++) {
        check(count, terms, lanes, 0);
        check(count, terms, lanes, 4);
      }
    }
  }

  private void check(int count, int terms, int lanes, int from) {
    float[] a = numbers(3 + (count + 2) * (terms + 1));
    float[][] b = rows(2 + terms, from + lanes + SPARE);
    float[][] c = rows(1 + count, from + lanes + SPARE);
    float[][] expected =
        IntStream.range(0, c.length).mapToObj(i -> c[i].clone()).toArray(float[][]::new);
    for (int i = 0; i < count; i++) {
      for (int k = 0; k < terms; k++) {
        for (int j = from; j < from + lanes; j++) {
          expected[1 + i][j] =
              Math.fma(a[3 + i * (terms + 1) + k], b[2 + k][j], expected[1 + i][j]);
        }
      }
    }
    float[][] repeated = new float[count][];
    Arrays.fill(repeated, a);
    PlainProducts.add(repeated, 3, terms + 1, b, 2, c, 1, count, terms, from, from + lanes);
    assertThat(c)
        .as("%d rows, %d terms, lanes %d to %d", count, terms, from, from + lanes)
        .isDeepEqualTo(expected);
  }

  private float[][] rows(int rows, int lanes) {
    return IntStream.range(0, rows).mapToObj(i -> numbers(lanes)).toArray(float[][]::new);
  }

  private float[] numbers(int count) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) random.nextGaussian();
    }
    return numbers;
  }
}

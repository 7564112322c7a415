package io.destine.numeric;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FloatRoundingTest {
  /** Ties, numbers that are subnormal or too large as floats, infinities, and none at all. */
  @Test
  void everyNumberBecomesTheFloatOfACast() {
    SplittableRandom random = new SplittableRandom(7);
    double[] numbers = new double[100_003];
    for (int i = 0; i < numbers.length; i++) {
      double any = Double.longBitsToDouble(random.nextLong());
      double tie = (float) random.nextDouble() * (1 + 0x1p-24);
      numbers[i] =
          switch (i % 5) {
            case 0 -> any;
            case 1 -> tie;
            case 2 -> random.nextDouble() * 1e-42;
            case 3 -> random.nextDouble() * 2 * Float.MAX_VALUE;
            default -> i % 2 == 0 ? Double.NEGATIVE_INFINITY : -0.0;
          };
    }
    double[] rounded = numbers.clone();
    FloatRounding.round(rounded, numbers.length - 1);
    for (int i = 0; i < numbers.length - 1; i++) {
      assertThat(Double.doubleToLongBits(rounded[i]))
          .as("%s", numbers[i])
          .isEqualTo(Double.doubleToLongBits((float) numbers[i]));
    }
    assertThat(rounded[numbers.length - 1]).isEqualTo(numbers[numbers.length - 1]);
  }
}

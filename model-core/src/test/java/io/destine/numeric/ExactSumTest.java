package io.destine.numeric;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ExactSumTest {
  @Test
  void theMeanIsThatOfDecimalsOfAnyLength() {
    Random random = new Random(3);
    ExactSum left = new ExactSum();
    ExactSum right = new ExactSum();
    BigDecimal total = BigDecimal.ZERO;
    for (int i = 0; i < 20_000; i++) {
      double x = Math.scalb(random.nextGaussian(), random.nextInt(400) - 200);
      (i % 3 == 0 ? left : right).add(x);
      total = total.add(new BigDecimal(x));
    }
    double mean = total.divide(BigDecimal.valueOf(20_000), new MathContext(60)).doubleValue();
    assertThat(left.plus(right).mean()).isEqualTo(mean);
    assertThat(left.value()).isEqualTo(total.doubleValue());
    assertThat(left.count()).isEqualTo(20_000);
  }

  @Test
  void theLeastAndTheLargestNumbersAreKept() {
    ExactSum sum = new ExactSum();
    for (double x : new double[] {Double.MAX_VALUE, 5, -Double.MAX_VALUE, Double.MIN_VALUE, -5}) {
      sum.add(x);
    }
    assertThat(new ExactSum().plus(sum).mean() * 5).isZero();
    sum.add(1);
    sum.add(-Double.MIN_VALUE);
    assertThat(sum.mean()).isEqualTo(1.0 / 7);
  }
}

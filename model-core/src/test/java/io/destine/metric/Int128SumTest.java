package io.destine.metric;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class Int128SumTest {
  @Property
  void sumsOfProductsAreExact(@ForAll long a, @ForAll long b, @ForAll int c, @ForAll long d) {
    Int128Sum sum = new Int128Sum();
    sum.addProduct(a / 2, b);
    sum.addProduct(c, d);
    BigInteger expected = product(a / 2, b).add(product(c, d));
    assertThat(sum.toBigInteger()).isEqualTo(expected);
    assertThat(sum.toDouble()).isEqualTo(expected.doubleValue());
  }

  private static BigInteger product(long a, long b) {
    return BigInteger.valueOf(a).multiply(BigInteger.valueOf(b));
  }
}

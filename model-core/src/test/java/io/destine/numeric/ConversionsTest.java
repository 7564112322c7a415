package io.destine.numeric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.destine.random.CounterRandom;
import io.destine.random.Purpose;
import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every class of conversions gives each number the bits that a cast gives it. */
class ConversionsTest {
  private static final int MOST = 70;

  /** Start of the numbers in the source array. */
  private static final int AT = 3;

  /** Start of the numbers in the target array. */
  private static final int TO = 5;

  private static final float UNTOUCHED = 7;

  /** Numbers whose rounding is a case of its own. */
  private static final double[] DOUBLES = {
    0.0,
    -0.0,
    1,
    -1,
    1 + 0x1p-24,
    1 + 0x1p-24 + 0x1p-50,
    1 + 0x1.8p-23,
    Math.nextDown(0x1.ffffffp127),
    0x1.ffffffp127,
    -Double.MAX_VALUE,
    Float.MIN_NORMAL,
    0x1p-149,
    0x1p-150,
    Math.nextUp(0x1p-150),
    0x1.234567p-140,
    Double.MIN_VALUE,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY,
    Double.NaN
  };

  private static final long[] LONGS = {
    0,
    1,
    -1,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    (1L << 53) + 1,
    -(1L << 53) - 1,
    (1L << 53) + 3,
    (1L << 60) + 128,
    (1L << 60) + 129
  };

  /** Both classes, whichever of them this machine uses: vectors work on every processor. */
  static Stream<Conversions> conversions() {
    return VectorModule.isPresent()
        ? Stream.of(new PlainConversions(), new VectorConversions())
        : Stream.of(new PlainConversions());
  }

  static Stream<Arguments> lengths() {
    return conversions()
        .flatMap(c -> IntStream.rangeClosed(0, MOST).mapToObj(n -> Arguments.of(c, n)));
  }

  @ParameterizedTest
  @MethodSource("lengths")
  void narrowedNumbersAreCasts(Conversions conversions, int n) {
    double[] from = doubles();
    float[] into = new float[MOST + 9];
    Arrays.fill(into, UNTOUCHED);
    conversions.narrow(from, AT, into, TO, n);
    assertNumbers(i -> into[i], n, i -> (float) from[i]);
  }

  @ParameterizedTest
  @MethodSource("lengths")
  void widenedNumbersAreCasts(Conversions conversions, int n) {
    double[] doubles = doubles();
    float[] from = new float[doubles.length];
    for (int i = 0; i < from.length; i++) {
      from[i] = (float) doubles[i];
    }
    double[] into = new double[MOST + 9];
    Arrays.fill(into, UNTOUCHED);
    conversions.widen(from, AT, into, TO, n);
    assertNumbers(i -> into[i], n, i -> from[i]);
  }

  @ParameterizedTest
  @MethodSource("lengths")
  void multiplesAreRoundedOnce(Conversions conversions, int n) {
    CounterRandom random = CounterRandom.of(3, Purpose.ROW_ORDER);
    long[] from = new long[MOST + 9];
    Arrays.setAll(
        from,
        i ->
            i < LONGS.length
                ? LONGS[i]
                : ((long) random.below(1 << 30, i) << 33) - random.below(1 << 30, i + 1000));
    double[] into = new double[MOST + 9];
    Arrays.fill(into, UNTOUCHED);
    conversions.multiples(from, AT, 0x1p-30, into, TO, n);
    assertNumbers(i -> into[i], n, i -> from[i] * 0x1p-30);
  }

  /** Numbers TO up to TO + n have the bits of those expected from AT on; no other was set. */
  private static void assertNumbers(
      IntToDoubleFunction found, int n, IntToDoubleFunction expected) {
    for (int i = 0; i < MOST + 9; i++) {
      boolean set = i >= TO && i < TO + n;
      double number = set ? expected.applyAsDouble(i - TO + AT) : UNTOUCHED;
      assertThat(Double.doubleToLongBits(found.applyAsDouble(i)))
          .as("number %s of %s", i, n)
          .isEqualTo(Double.doubleToLongBits(number));
    }
  }

  @ParameterizedTest
  @MethodSource("conversions")
  void compiledCodeGivesTheSameBits(Conversions conversions) {
    double[] from = doubles();
    float[] narrow = new float[MOST];
    double[] wide = new double[MOST];
    for (int i = 0; i < 20_000; i++) {
      conversions.narrow(from, 3, narrow, 0, MOST);
      conversions.widen(narrow, 0, wide, 0, MOST);
    }
    for (int i = 0; i < MOST; i++) {
      float expected = (float) from[i + 3];
      assertThat(Double.doubleToLongBits(wide[i])).isEqualTo(Double.doubleToLongBits(expected));
    }
    long[] longs = new long[MOST];
    Arrays.setAll(longs, i -> LONGS[i % LONGS.length] + i / LONGS.length);
    for (int i = 0; i < 20_000; i++) {
      conversions.multiples(longs, 0, 0x1p-44, wide, 0, MOST);
    }
    for (int i = 0; i < MOST; i++) {
      assertThat(wide[i]).isEqualTo(longs[i] * 0x1p-44);
    }
  }

  @Test
  void machinesWithSuchVectorsUseThem() {
    assumeTrue(VectorModule.isPresent());
    assertThat(Conversions.BEST instanceof VectorConversions)
        .isEqualTo(VectorConversions.supported());
  }

  private static double[] doubles() {
    CounterRandom random = CounterRandom.of(3, Purpose.ROW_ORDER);
    double[] numbers = new double[MOST + 9];
    Arrays.setAll(
        numbers,
        i ->
            i < DOUBLES.length
                ? DOUBLES[i]
                : (random.below(1 << 30, i) - (1 << 29)) * 0x1.3579bp-27);
    return numbers;
  }
}

package io.destine.spark.report;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;

/**
 * A linear scale; its ticks are the multiples first..last of a step, which is 1, 2 or 5 times a
 * power of ten.
 *
 * @param first lowest tick, in steps
 * @param last highest tick, in steps
 * @param mantissa 1, 2 or 5
 * @param exponent power of ten of a step
 */
record Axis(long first, long last, int mantissa, int exponent) {
  private static final double LIMIT = 1e300;

  /** The narrowest axis around [min, max] with at most {@code intervals} + 1 steps. */
  static Axis around(double min, double max, int intervals) {
    double low = Math.max(-LIMIT, min);
    double high = Math.min(LIMIT, max);
    // A single value gets room above and below; the floor keeps steps above rounding errors.
    double room = Math.max(Math.abs(high) * 1e-2, 1e-4);
    if (high - low < room * 1e-2) {
      low -= room;
      high += room;
    }
    double least = (high - low) / intervals;
    int exponent = (int) Math.floor(Math.log10(least));
    double fraction = least / Math.pow(10, exponent);
    // The tolerance prevents a rounding error, as in 0.2 / 0.1, from increasing the step above 2.
    int mantissa =
        fraction <= 1 + 1e-9 ? 1 : fraction <= 2 + 1e-9 ? 2 : fraction <= 5 + 1e-9 ? 5 : 10;
    if (mantissa == 10) {
      mantissa = 1;
      exponent++;
    }
    double step = mantissa * Math.pow(10, exponent);
    return new Axis(
        (long) Math.floor(low / step + 1e-9),
        (long) Math.ceil(high / step - 1e-9),
        mantissa,
        exponent);
  }

  /** The position of a value between the positions of the ends. */
  double position(double value, double from, double to) {
    double low = value(first);
    double high = value(last);
    return from + (value - low) / (high - low) * (to - from);
  }

  /** The values of the ticks. */
  List<Double> ticks() {
    return LongStream.rangeClosed(first, last).mapToObj(this::value).toList();
  }

  /** The value of the last tick. */
  double end() {
    return value(last);
  }

  private double value(long index) {
    return BigDecimal.valueOf(index * mantissa).scaleByPowerOfTen(exponent).doubleValue();
  }

  /** The text of a tick, with the number of decimals of a step. */
  String label(double tick) {
    if (exponent > 5 || exponent < -6) {
      return String.format(Locale.ROOT, "%.1e", tick);
    }
    return BigDecimal.valueOf(tick)
        .setScale(Math.max(0, -exponent), RoundingMode.HALF_EVEN)
        .toPlainString()
        .replace('-', '−');
  }
}

package io.destine.spark.report;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.OptionalDouble;

/** Human-readable numbers and dates, independent of the locale. */
final class NumberText {
  /** The text of an absent value. */
  static final String ABSENT = "–";

  private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("d MMM", Locale.ENGLISH);
  private static final DateTimeFormatter LONG_DAY =
      DateTimeFormatter.ofPattern("EEEE, d MMMM uuuu", Locale.ENGLISH);
  private static final DateTimeFormatter MOMENT =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private NumberText() {}

  /** A number with a fixed number of decimals; a very large number in scientific notation. */
  static String fixed(double value, int decimals) {
    String pattern = Math.abs(value) < 1e12 ? "%." + decimals + "f" : "%.3e";
    return String.format(Locale.ROOT, pattern, value).replace('-', '−');
  }

  static String fixed(OptionalDouble value, int decimals) {
    return value.isPresent() ? fixed(value.getAsDouble(), decimals) : ABSENT;
  }

  static String fixed(Number value, int decimals) {
    return fixed(finite(value), decimals);
  }

  /** A number of a report; empty if it is null or not finite. */
  static OptionalDouble finite(Number value) {
    return value == null || !Double.isFinite(value.doubleValue())
        ? OptionalDouble.empty()
        : OptionalDouble.of(value.doubleValue());
  }

  /** A number with its sign, also for positive numbers. */
  static String signed(double value, int decimals) {
    String text = fixed(value, decimals);
    boolean zero = text.chars().noneMatch(c -> c >= '1' && c <= '9');
    return zero ? text.replace("−", "") : value > 0 ? "+" + text : text;
  }

  /** A whole number with groups of three digits. */
  static String count(double value) {
    String pattern = Math.abs(value) < 1e15 ? "%,.0f" : "%.3e";
    return String.format(Locale.ROOT, pattern, value).replace('-', '−');
  }

  static String count(OptionalDouble value) {
    return value.isPresent() ? count(value.getAsDouble()) : ABSENT;
  }

  static String count(Number value) {
    return count(finite(value));
  }

  /** A share as percent with two decimals. */
  static String percent(double share) {
    return fixed(100 * share, 2) + "%";
  }

  static String percent(OptionalDouble share) {
    return share.isPresent() ? percent(share.getAsDouble()) : ABSENT;
  }

  static String percent(Number share) {
    return percent(finite(share));
  }

  /** A duration; below two minutes in seconds. */
  static String duration(double seconds) {
    if (seconds < 120) {
      return fixed(seconds, 1) + " s";
    }
    long whole = Math.round(seconds);
    return whole < 7200
        ? whole / 60 + " min " + whole % 60 + " s"
        : whole / 3600 + " h " + whole % 3600 / 60 + " min";
  }

  /** The text with a capital first letter. */
  static String capital(String text) {
    return text.isEmpty()
        ? text
        : text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
  }

  /** A time, truncated to seconds. */
  static String moment(Instant at) {
    return MOMENT.format(at);
  }

  /** A date as the label of an axis. */
  static String day(LocalDate date) {
    return DAY.format(date);
  }

  /** A date in a headline. */
  static String longDay(LocalDate date) {
    return LONG_DAY.format(date);
  }
}

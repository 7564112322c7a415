package io.destine.spark.nightly;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.Optional;

/**
 * The name of a run, of its directory and of its model: the date of its rows and, from the second
 * run of a date on, a number, such as {@code 2026-11-24.2}.
 *
 * @param date of the rows
 * @param number 1 for the first run of the date
 */
public record RunName(LocalDate date, int number) implements Comparable<RunName> {
  private static final Comparator<RunName> ORDER =
      Comparator.comparing(RunName::date).thenComparingInt(RunName::number);

  public RunName {
    if (number < 1) {
      throw new IllegalArgumentException("number of a run must be at least 1, got " + number);
    }
  }

  /** The first run of a date. */
  static RunName first(LocalDate date) {
    return new RunName(date, 1);
  }

  /** Parses a name; empty if the text is not one. */
  static Optional<RunName> parse(String text) {
    int dot = text.indexOf('.');
    try {
      LocalDate date = LocalDate.parse(dot < 0 ? text : text.substring(0, dot));
      int number = dot < 0 ? 1 : Integer.parseInt(text.substring(dot + 1));
      return Optional.of(new RunName(date, number)).filter(name -> name.toString().equals(text));
    } catch (DateTimeException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** The name with its number, {@code 2026-11-24.1} for the first run of a date. */
  String exact() {
    return date + "." + number;
  }

  @Override
  public int compareTo(RunName other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return number == 1 ? date.toString() : date + "." + number;
  }
}

package io.destine.spark.encode;

import java.io.Serializable;
import java.time.LocalDate;
import java.util.List;

/**
 * The days over which training rows of a value without an id are counted: those of the rows that
 * are encoded, and earlier ones, whose counts the earlier vocabulary has kept.
 *
 * @param date the newest day, whose rows are those that have been read before the others
 * @param days up to the newest one
 * @param rows the days of the rows that are encoded
 */
public record CountWindow(LocalDate date, int days, List<LocalDate> rows) implements Serializable {
  public CountWindow {
    rows = List.copyOf(rows);
  }

  /** True for a day whose kept counts are added: of the window, and not among the rows. */
  boolean adds(String day) {
    return keeps(day) && !rows.contains(LocalDate.parse(day));
  }

  /** True for a day whose counts are kept for later nights. */
  boolean keeps(String day) {
    LocalDate then = LocalDate.parse(day);
    return then.isBefore(date) && then.isAfter(date.minusDays(days));
  }
}

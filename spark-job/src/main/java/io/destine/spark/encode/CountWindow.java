package io.destine.spark.encode;

import java.io.Serializable;
import java.time.LocalDate;
import java.util.List;

/**
 * The days over which occurrences of a value without an id are counted: the days of the encoded
 * rows, and earlier days, whose counts were kept in the earlier vocabulary.
 *
 * @param date the newest day; its rows come first among the encoded rows
 * @param days length of the window, which ends with the newest day
 * @param rows the days of the encoded rows
 */
public record CountWindow(LocalDate date, int days, List<LocalDate> rows) implements Serializable {
  public CountWindow {
    rows = List.copyOf(rows);
  }

  /**
   * True for a day whose kept counts are added: it is in the window and not among the encoded rows.
   */
  boolean adds(String day) {
    return keeps(day) && !rows.contains(LocalDate.parse(day));
  }

  /** True for an earlier day of the window; its counts are kept for later nightly runs. */
  boolean keeps(String day) {
    LocalDate then = LocalDate.parse(day);
    return then.isBefore(date) && then.isAfter(date.minusDays(days));
  }
}

package io.destine.feature;

import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.temporal.TemporalAdjusters;
import java.util.Locale;

/**
 * The part of a date or time that a categorical field takes: its values recur, unlike the time
 * itself. Times are in ISO 8601 format, {@code 2024-03-01 17:30:00}, with a blank or a T between
 * date and time; everything after the minutes is ignored.
 */
public enum DatePart {
  /** The hour, "0" to "23"; missing in a date without a time. */
  HOUR,
  /** The day of the week, "monday" to "sunday". */
  WEEKDAY,
  /** The day of the month, "1" to "31". */
  DAY;

  private static final LocalDate MONDAY = LocalDate.of(2024, 1, 1);
  private static final int DATE_LENGTH = 10;
  private static final int HOUR_LENGTH = 16;
  private static final int HOURS = 24;
  private static final int MINUTES = 60;

  /** The value as written in configurations and files, in lower case. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The part of a date or time; null when the time is missing.
   *
   * @throws IllegalArgumentException naming the field when the text is neither date nor time
   */
  String of(FieldSpec field, String text) {
    if (text == null) {
      return null;
    }
    String time = text.strip();
    LocalDate date = date(time);
    if (date == null) {
      throw new IllegalArgumentException(
          "field "
              + field.name()
              + ": value must be a date or time such as 2024-03-01 17:30:00, got "
              + RawValues.shortened(text));
    }
    return of(time, date);
  }

  /**
   * The part of a date or time; null when it has none.
   *
   * @throws IllegalArgumentException when the text is neither date nor time
   */
  public String of(String text) {
    return of(FieldSpec.categorical(key()), text);
  }

  private String of(String time, LocalDate date) {
    return switch (this) {
      case HOUR -> time.length() == DATE_LENGTH ? null : Integer.toString(two(time, 11));
      case WEEKDAY -> date.getDayOfWeek().name().toLowerCase(Locale.ROOT);
      case DAY -> Integer.toString(date.getDayOfMonth());
    };
  }

  /** True for texts that have parts. */
  public static boolean isTime(String text) {
    return date(text.strip()) != null;
  }

  /** True for a text that is this part of some time. */
  public boolean has(String part) {
    try {
      return part.equals(of(example(part)));
    } catch (DateTimeException | IllegalArgumentException e) {
      return false;
    }
  }

  /**
   * An example of a time with the given part.
   *
   * @param part one that {@link #has} accepts
   */
  public String example(String part) {
    return switch (this) {
      case HOUR -> MONDAY + (part.length() == 1 ? " 0" : " ") + part + ":00:00";
      case WEEKDAY ->
          MONDAY
                  .minusDays(1)
                  .with(TemporalAdjusters.next(DayOfWeek.valueOf(part.toUpperCase(Locale.ROOT))))
              + " 00:00:00";
      case DAY -> MONDAY.withDayOfMonth(Integer.parseInt(part)) + " 00:00:00";
    };
  }

  /** The date of a text that is a date or a time, null otherwise. */
  private static LocalDate date(String time) {
    int length = time.length();
    if (length < DATE_LENGTH
        || time.charAt(4) != '-'
        || time.charAt(7) != '-'
        || (length > DATE_LENGTH && !hasTime(time))) {
      return null;
    }
    int century = two(time, 0);
    int year = two(time, 2);
    int month = two(time, 5);
    int day = two(time, 8);
    if (century < 0 || year < 0 || month < 0 || day < 0) {
      return null;
    }
    try {
      return LocalDate.of(100 * century + year, month, day);
    } catch (DateTimeException e) {
      return null;
    }
  }

  private static boolean hasTime(String time) {
    if (time.length() < HOUR_LENGTH
        || (time.charAt(DATE_LENGTH) != ' ' && time.charAt(DATE_LENGTH) != 'T')
        || time.charAt(13) != ':') {
      return false;
    }
    int hour = two(time, 11);
    int minute = two(time, 14);
    return hour >= 0 && hour < HOURS && minute >= 0 && minute < MINUTES;
  }

  /** The number of two digits, -1 when a character is not a digit. */
  private static int two(String text, int at) {
    int tens = text.charAt(at) - '0';
    int ones = text.charAt(at + 1) - '0';
    return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -1 : 10 * tens + ones;
  }
}

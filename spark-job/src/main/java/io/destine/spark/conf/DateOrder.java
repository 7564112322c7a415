package io.destine.spark.conf;

import java.io.Serializable;
import java.math.BigDecimal;
import java.util.Optional;

/**
 * The order of the dates of a split: numeric if its bounds are numbers, such as 20261124 or 7,
 * otherwise the order of texts.
 */
public final class DateOrder implements Serializable {
  private static final long serialVersionUID = 1;

  private final boolean numeric;

  /** The order for the given bounds. */
  public DateOrder(String first, Optional<String> second) {
    numeric = number(first) != null && (second.isEmpty() || number(second.get()) != null);
  }

  /**
   * True if the text is a valid date for this order: a number for the numeric order, otherwise any
   * text.
   */
  public boolean accepts(String date) {
    return !numeric || number(date) != null;
  }

  /** Negative, 0 or positive if the first date is before, equal to or after the second. */
  public int compare(String first, String second) {
    return numeric ? number(first).compareTo(number(second)) : first.compareTo(second);
  }

  private static BigDecimal number(String text) {
    try {
      return new BigDecimal(text.strip());
    } catch (NumberFormatException e) {
      return null;
    }
  }
}

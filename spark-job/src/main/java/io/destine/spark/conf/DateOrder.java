package io.destine.spark.conf;

import java.io.Serializable;
import java.math.BigDecimal;
import java.util.Optional;

/**
 * How the dates of a split compare: as numbers when its bounds are numbers, such as 20261124 or 7,
 * otherwise as texts.
 */
public final class DateOrder implements Serializable {
  private static final long serialVersionUID = 1;

  private final boolean numeric;

  /** The order for the given bounds. */
  public DateOrder(String first, Optional<String> second) {
    numeric = number(first) != null && (second.isEmpty() || number(second.get()) != null);
  }

  /** True when the text is a date of this order: any text, or a number when numbers compare. */
  public boolean accepts(String date) {
    return !numeric || number(date) != null;
  }

  /** Negative, 0 or positive as the first date is before, at or after the second. */
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

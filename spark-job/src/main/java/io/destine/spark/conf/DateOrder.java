package io.destine.spark.conf;

import java.io.Serializable;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The order of the dates of a split: numeric if its bounds are numbers, such as 20261124 or 7,
 * otherwise the order of texts, in which a T or a blank separates date and time.
 */
public final class DateOrder implements Serializable {
  private static final long serialVersionUID = 1;

  private static final Pattern TIME = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d");

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
    return numeric
        ? number(first).compareTo(number(second))
        : blank(first).compareTo(blank(second));
  }

  /** The text with a blank instead of the T between date and time, as in timestamps. */
  private static String blank(String text) {
    return text.length() > 10 && text.charAt(10) == 'T' && TIME.matcher(text).lookingAt()
        ? text.replaceFirst("T", " ")
        : text;
  }

  private static BigDecimal number(String text) {
    try {
      return new BigDecimal(text.strip());
    } catch (NumberFormatException e) {
      return null;
    }
  }
}

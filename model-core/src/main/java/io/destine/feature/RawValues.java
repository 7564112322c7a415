package io.destine.feature;

import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Map;

/**
 * Converts raw values to texts, numbers and lists of them, independently of the type in the source:
 * 3, 3.0 and "3" give the same number, and 3 and 3.0 the same text.
 */
public final class RawValues {
  private static final double EXACT_INTEGERS = 0x1.0p53;

  /**
   * The largest magnitude of an element of a vector. Products of two projections of such elements
   * are far below the largest float, so the network gives finite numbers.
   */
  private static final double LARGEST_ELEMENT = 1e15;

  private static final char NO_TEXT = '\uFFFD';

  private RawValues() {}

  /** True for null, an empty text and a NaN. */
  public static boolean missing(Object raw) {
    return raw == null
        || (raw instanceof CharSequence text && text.isEmpty())
        || (raw instanceof Double d && d.isNaN())
        || (raw instanceof Float f && f.isNaN());
  }

  /**
   * The value as a text, null when missing; a whole number has no decimal point, except for
   * floating-point numbers beyond 2^53.
   */
  public static String text(Object raw) {
    if (raw instanceof String text) {
      return text.isEmpty() ? null : text;
    }
    if (missing(raw)) {
      return null;
    }
    if (raw instanceof Double || raw instanceof Float) {
      double number = ((Number) raw).doubleValue();
      return number == Math.rint(number) && Math.abs(number) <= EXACT_INTEGERS
          ? Long.toString((long) number)
          : raw.toString();
    }
    if (raw instanceof BigDecimal decimal) {
      return decimal.signum() == 0 ? "0" : decimal.stripTrailingZeros().toPlainString();
    }
    return raw.toString();
  }

  /**
   * The text of a field's single value, or of the part of the date that the field takes; null when
   * missing.
   *
   * @throws IllegalArgumentException naming the field when the value has no unique text: bytes, a
   *     list, a map, or a text with U+FFFD. Readers replace bytes that are invalid in the
   *     configured encoding by this character, so different bytes would become one value. Also for
   *     a point in time that is not a text, whose time zone is unknown, and when the field takes a
   *     part of a date and the text is neither a date nor a time.
   */
  public static String text(FieldSpec field, Object raw) {
    // Strings first: the check for a collection takes longer than the rest.
    if (!(raw instanceof String)
        && (raw instanceof Collection<?>
            || raw instanceof Map<?, ?>
            || (raw != null && raw.getClass().isArray()))) {
      throw new IllegalArgumentException(
          "field "
              + field.name()
              + ": value must be a single string or number, got a list, a map or bytes");
    }
    if (!(raw instanceof String) && isTime(raw)) {
      throw new IllegalArgumentException(
          "field "
              + field.name()
              + ": a time must be a text in the time zone of the training, such as"
              + " 2026-03-01 17:30:00.0, got "
              + raw.getClass().getSimpleName());
    }
    String text = text(raw);
    if (text != null && text.indexOf(NO_TEXT) >= 0) {
      throw new IllegalArgumentException(
          "field "
              + field.name()
              + ": \""
              + shortened(text)
              + "\" holds bytes that are not text in the encoding it was read with (for csv,"
              + " source.options.encoding, UTF-8 when not set)");
    }
    return field.part() == null ? text : field.part().of(field, text);
  }

  private static boolean isTime(Object raw) {
    return raw instanceof Instant
        || raw instanceof LocalDateTime
        || raw instanceof OffsetDateTime
        || raw instanceof ZonedDateTime
        // Its subclasses for dates and times of day may be in a module that is not there.
        || (raw instanceof Date && !raw.getClass().getName().matches("java\\.sql\\.(Date|Time)"));
  }

  /**
   * The value as a finite number, NaN when missing.
   *
   * @throws IllegalArgumentException naming the field when the value is not a finite number
   */
  public static double number(FieldSpec field, Object raw) {
    if (missing(raw)) {
      return Double.NaN;
    }
    double number;
    if (raw instanceof Number n) {
      number = n.doubleValue();
    } else if (raw instanceof Boolean b) {
      number = b ? 1 : 0;
    } else {
      String text = raw.toString().strip();
      if (text.isEmpty() || text.equals("NaN")) {
        return Double.NaN;
      }
      number = parse(text);
    }
    if (Double.isNaN(number) || Double.isInfinite(number)) {
      throw new IllegalArgumentException(
          "field " + field.name() + ": value must be a finite number, got " + shortened(raw));
    }
    return number;
  }

  private static double parse(String text) {
    char last = text.charAt(text.length() - 1);
    if (last != '.' && (last < '0' || last > '9')) {
      return Double.NaN;
    }
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  /**
   * The values of a multi field, or the words of a text field: none when missing; missing elements
   * are left out.
   */
  public static List<String> texts(FieldSpec field, Object raw) {
    List<String> texts = new ArrayList<>();
    if (field.kind() == FieldKind.TEXT) {
      for (Object element : raw instanceof CharSequence ? List.of(raw) : elements(field, raw)) {
        String text = text(field, element);
        if (text != null) {
          Tokens.add(text, field.ngrams(), texts);
        }
      }
      return texts;
    }
    for (Object element : elements(field, raw)) {
      String text = text(field, element);
      if (text != null) {
        texts.add(text);
      }
    }
    return texts;
  }

  /**
   * The numbers of a vector field, null when missing.
   *
   * @throws IllegalArgumentException naming the field when their count or one of them is wrong
   */
  public static float[] vector(FieldSpec field, Object raw) {
    if (missing(raw)) {
      return null;
    }
    List<?> elements = elements(field, raw);
    if (elements.size() != field.length()) {
      throw new IllegalArgumentException(
          String.format(
              "field %s: value must be a vector of %d numbers, got %d",
              field.name(), field.length(), elements.size()));
    }
    float[] vector = new float[elements.size()];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = element(field.name(), i, number(field, elements.get(i)));
    }
    return vector;
  }

  /**
   * An element of a vector as a float.
   *
   * @param field name of the field
   * @param i index of the element
   * @throws IllegalArgumentException when its magnitude exceeds 1e15
   */
  public static float element(String field, int i, double number) {
    if (!(Math.abs(number) <= LARGEST_ELEMENT)) {
      throw new IllegalArgumentException(
          "field "
              + field
              + ": number "
              + i
              + " must be at most "
              + LARGEST_ELEMENT
              + " in magnitude, got "
              + number);
    }
    return (float) number;
  }

  private static List<?> elements(FieldSpec field, Object raw) {
    if (missing(raw)) {
      return List.of();
    }
    if (raw instanceof Collection<?> collection) {
      return new ArrayList<>(collection);
    }
    if (raw.getClass().isArray()) {
      List<Object> elements = new ArrayList<>(Array.getLength(raw));
      for (int i = 0; i < Array.getLength(raw); i++) {
        elements.add(Array.get(raw, i));
      }
      return elements;
    }
    return split(raw instanceof CharSequence ? text(raw) : text(field, raw), field.separator());
  }

  private static List<String> split(String text, String separator) {
    List<String> parts = new ArrayList<>();
    int from = 0;
    for (int at; (at = text.indexOf(separator, from)) >= 0; from = at + separator.length()) {
      parts.add(text.substring(from, at));
    }
    parts.add(text.substring(from));
    return parts;
  }

  /** The text of a value for a message: at most its first 40 characters. */
  public static String shortened(Object raw) {
    String text = raw.toString();
    return text.length() <= 40 ? text : text.substring(0, 40) + "...";
  }
}

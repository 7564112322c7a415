package io.destine.spark.conf;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The values of one setting in a search, as texts in configuration syntax. */
public sealed interface Axis {

  /**
   * The value at a position, identical on every machine.
   *
   * @param u in [0, 1), uniform for a random draw
   */
  String at(double u);

  /** One of a list of values, with equal probabilities. */
  record Choices(List<String> values) implements Axis {
    public Choices {
      values = List.copyOf(values);
    }

    @Override
    public String at(double u) {
      return values.get((int) (u * values.size()));
    }
  }

  /**
   * A number between two others, rounded to four significant digits unless the scale has whole
   * numbers.
   */
  record Range(Scale scale, double low, double high) implements Axis {
    private static final MathContext DIGITS = new MathContext(4);

    @Override
    public String at(double u) {
      return switch (scale) {
        case INT -> String.valueOf((long) (low + Math.floor(u * (high - low + 1))));
        case UNIFORM -> text(low + u * (high - low));
        case LOG -> text(low * StrictMath.exp(u * StrictMath.log(high / low)));
      };
    }

    private String text(double value) {
      double rounded = BigDecimal.valueOf(value).round(DIGITS).doubleValue();
      double inside = Math.max(low, Math.min(high, rounded));
      return BigDecimal.valueOf(inside).stripTrailingZeros().toPlainString();
    }
  }

  /** The distribution of a range's numbers: uniform, uniform in the logarithm, or whole numbers. */
  enum Scale {
    UNIFORM,
    LOG,
    INT;

    private static final Pattern RANGE =
        Pattern.compile("(?i)(uniform|log|int)\\s*\\(([^,()]*),([^,()]*)\\)");

    /**
     * Parses a range such as {@code log(1e-6, 0.05)}; empty if the text is another value.
     *
     * @throws IllegalArgumentException if the ends are not numbers, are not in ascending order, or
     *     are not allowed for the scale
     */
    static Optional<Range> range(String text) {
      Matcher matcher = RANGE.matcher(text.strip());
      if (!matcher.matches()) {
        return Optional.empty();
      }
      Scale scale = valueOf(matcher.group(1).toUpperCase(Locale.ROOT));
      double low = Double.parseDouble(matcher.group(2).strip());
      double high = Double.parseDouble(matcher.group(3).strip());
      boolean whole = low == Math.rint(low) && high == Math.rint(high);
      if (!(low < high)
          || Double.isInfinite(high - low)
          || (scale == LOG && low <= 0)
          || (scale == INT && !(whole && Math.abs(low) < 1e9 && high < 1e9))) {
        throw new IllegalArgumentException(text);
      }
      return Optional.of(new Range(scale, low, high));
    }
  }
}

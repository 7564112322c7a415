package io.destine.benchmark;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the benchmark of encoding measures.
 *
 * @param rows of the click log
 * @param fields categorical fields, 1 .. 26
 * @param numeric numeric fields, 0 .. 13
 * @param skew Zipf exponent
 * @param repeats turns of each side, from 2 up
 * @param seconds further turns are taken until so many have gone by
 */
record EncodeOptions(long rows, int fields, int numeric, double skew, int repeats, int seconds) {
  static final Map<String, String> DEFAULTS = new LinkedHashMap<>();

  static {
    DEFAULTS.put("rows", "1000000");
    DEFAULTS.put("fields", "26");
    DEFAULTS.put("numeric", "13");
    DEFAULTS.put("skew", "0.75");
    DEFAULTS.put("repeats", "2");
    DEFAULTS.put("seconds", "0");
  }

  /**
   * Reads {@code --name value} pairs.
   *
   * @throws IllegalArgumentException naming the argument that cannot be used
   */
  static EncodeOptions parse(String... arguments) {
    Map<String, String> values = new LinkedHashMap<>(DEFAULTS);
    for (int i = 0; i < arguments.length; i += 2) {
      String name = arguments[i].startsWith("--") ? arguments[i].substring(2) : "";
      if (!DEFAULTS.containsKey(name)) {
        throw new IllegalArgumentException(
            "options must be among --"
                + String.join(", --", DEFAULTS.keySet())
                + ", got "
                + arguments[i]);
      }
      if (i + 1 == arguments.length) {
        throw new IllegalArgumentException("--" + name + " must be followed by a value");
      }
      values.put(name, arguments[i + 1]);
    }
    return new EncodeOptions(
        (long) number(values, "rows", 1, 1e10),
        (int) number(values, "fields", 1, 26),
        (int) number(values, "numeric", 0, 13),
        number(values, "skew", 0, 10),
        (int) number(values, "repeats", 2, 1000),
        (int) number(values, "seconds", 0, 1e6));
  }

  private static double number(Map<String, String> values, String name, double least, double most) {
    String text = values.get(name);
    boolean whole = !name.equals("skew");
    try {
      double number = whole ? Long.parseLong(text) : Double.parseDouble(text);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new IllegalArgumentException(
        String.format(
            "--%s must be a %snumber of %.0f .. %.0f, got %s",
            name, whole ? "whole " : "", least, most, text));
  }
}

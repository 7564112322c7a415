package io.destine.config;

/** Range checks of the records in this package. */
final class Check {
  private Check() {}

  static void atLeast(String key, long minimum, long found) {
    if (found < minimum) {
      throw new IllegalArgumentException(key + " must be at least " + minimum + ", got " + found);
    }
  }

  static void between(String key, long minimum, long maximum, long found) {
    atLeast(key, minimum, found);
    if (found > maximum) {
      throw new IllegalArgumentException(key + " is " + found + ", the limit is " + maximum);
    }
  }

  static void nonNegative(String key, double found) {
    if (!(found >= 0) || Double.isInfinite(found)) {
      throw new IllegalArgumentException(key + " must be a number >= 0, got " + found);
    }
  }

  static void positive(String key, double found) {
    if (!(found > 0) || Double.isInfinite(found)) {
      throw new IllegalArgumentException(key + " must be a number > 0, got " + found);
    }
  }

  /** Half-open interval [0, 1): drop rates, decay rates. */
  static void rate(String key, double found) {
    if (!(found >= 0 && found < 1)) {
      throw new IllegalArgumentException(key + " must be in [0, 1), got " + found);
    }
  }
}

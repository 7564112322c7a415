package io.destine.config;

/** Range checks of the records in this package. */
final class Check {
  private Check() {}

  static void atLeast(String key, long minimum, long found) {
    if (found < minimum) {
      throw SettingProblem.must(key, "at least " + minimum, found);
    }
  }

  static void between(String key, long minimum, long maximum, long found) {
    atLeast(key, minimum, found);
    if (found > maximum) {
      throw SettingProblem.must(key, "at most " + maximum, found);
    }
  }

  /** A size that follows from several settings, or is one of a list. */
  static void size(String what, long minimum, long maximum, long found) {
    if (found < minimum) {
      throw new IllegalArgumentException(what + " must be at least " + minimum + ", got " + found);
    }
    if (found > maximum) {
      throw new IllegalArgumentException(what + " is " + found + ", the limit is " + maximum);
    }
  }

  static void nonNegative(String key, double found) {
    if (!(found >= 0) || Double.isInfinite(found)) {
      throw SettingProblem.must(key, "a number >= 0", found);
    }
  }

  static void positive(String key, double found) {
    if (!(found > 0) || Double.isInfinite(found)) {
      throw SettingProblem.must(key, "a number > 0", found);
    }
  }

  /** Half-open interval [0, 1): drop rates, decay rates. */
  static void rate(String key, double found) {
    if (!(found >= 0 && found < 1)) {
      throw SettingProblem.must(key, "in [0, 1)", found);
    }
  }
}

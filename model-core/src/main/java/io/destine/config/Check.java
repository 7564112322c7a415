package io.destine.config;

/** Range checks of records of settings. */
public final class Check {
  private Check() {}

  public static void atLeast(String key, long minimum, long found) {
    if (found < minimum) {
      throw SettingProblem.must(key, "at least " + minimum, found);
    }
  }

  public static void atLeast(String key, long minimum, double found) {
    require(
        found >= minimum && found < Double.POSITIVE_INFINITY, key, "at least " + minimum, found);
  }

  public static void above(String key, long bound, double found) {
    require(found > bound, key, "above " + bound, found);
  }

  /** Above 0, and at most the maximum. */
  public static void upTo(String key, long maximum, double found) {
    require(found > 0 && found <= maximum, key, "above 0 and at most " + maximum, found);
  }

  /** No upper bound if the maximum is the largest number. */
  public static void within(String key, double minimum, double maximum, double found) {
    String most = maximum == Double.MAX_VALUE ? "" : " and at most " + maximum;
    require(found >= minimum && found <= maximum, key, "at least " + minimum + most, found);
  }

  /** Closed interval [0, 1]: shares of a whole. */
  public static void fraction(String key, double found) {
    require(found >= 0 && found <= 1, key, "from 0 to 1", found);
  }

  private static void require(boolean holds, String key, String requirement, double found) {
    if (!holds) {
      throw SettingProblem.must(key, requirement, found);
    }
  }

  public static void between(String key, long minimum, long maximum, long found) {
    atLeast(key, minimum, found);
    if (found > maximum) {
      throw SettingProblem.must(key, "at most " + maximum, found);
    }
  }

  /** A size that follows from several settings, or is one of a list. */
  public static void size(String what, long minimum, long maximum, long found) {
    if (found < minimum) {
      throw new IllegalArgumentException(what + " must be at least " + minimum + ", got " + found);
    }
    if (found > maximum) {
      throw new IllegalArgumentException(what + " is " + found + ", the limit is " + maximum);
    }
  }

  public static void nonNegative(String key, double found) {
    require(found >= 0 && found < Double.POSITIVE_INFINITY, key, "a number >= 0", found);
  }

  public static void positive(String key, double found) {
    require(found > 0 && found < Double.POSITIVE_INFINITY, key, "a number > 0", found);
  }

  /** Half-open interval [0, 1): drop rates, decay rates. */
  public static void rate(String key, double found) {
    require(found >= 0 && found < 1, key, "in [0, 1)", found);
  }
}

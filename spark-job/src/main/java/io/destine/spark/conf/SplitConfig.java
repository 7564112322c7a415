package io.destine.spark.conf;

import io.destine.config.SettingProblem;
import java.util.Optional;

/** Which rows train, validate and test. */
public sealed interface SplitConfig {

  /** By a seeded hash of the row: 0.8, 0.1, 0.1, seed 1. */
  static SplitConfig defaults() {
    return new ByFraction(0.8, 0.1, 0.1, 1);
  }

  /** The seed of the hash that gives every row its split and its place. */
  default long seed() {
    return 1;
  }

  /** The column whose equal values share a split, if there is one. */
  default Optional<String> key() {
    return Optional.empty();
  }

  /**
   * By a seeded hash of the row's content, or of a column's value.
   *
   * @param train fraction of the rows, above 0
   * @param validation fraction of the rows
   * @param test fraction of the rows; the three add up to 1
   * @param seed of the hash
   * @param key column whose value is hashed: rows of equal value share a split; a row without a
   *     value goes by its content
   */
  record ByFraction(double train, double validation, double test, long seed, Optional<String> key)
      implements SplitConfig {
    public ByFraction {
      fraction("split.train", train);
      fraction("split.validation", validation);
      fraction("split.test", test);
      if (train == 0) {
        throw SettingProblem.must("split.train", "above 0", train);
      }
      if (Math.abs(train + validation + test - 1) > 1e-9) {
        throw SettingProblem.because(
            "split.train",
            String.format(
                "%s + %s + %s is not 1; split.train, split.validation and split.test"
                    + " must add up to 1",
                train, validation, test));
      }
    }

    /** By content. */
    public ByFraction(double train, double validation, double test, long seed) {
      this(train, validation, test, seed, Optional.empty());
    }

    private static void fraction(String key, double found) {
      if (!(found >= 0 && found <= 1)) {
        throw SettingProblem.must(key, "from 0 to 1", found);
      }
    }
  }

  /**
   * By date: rows before {@code validationFrom} train, then rows validate, rows from {@code
   * testFrom} on test. Numbers are compared when both bounds are numbers, otherwise texts, which
   * orders ISO dates.
   *
   * @param column that holds the date
   * @param validationFrom first date that does not train
   * @param testFrom first date that tests; without it no row does
   */
  record ByDate(String column, String validationFrom, Optional<String> testFrom)
      implements SplitConfig {
    public ByDate {
      DateOrder order = new DateOrder(validationFrom, testFrom);
      if (testFrom.isPresent() && order.compare(validationFrom, testFrom.get()) > 0) {
        throw SettingProblem.because(
            "split.by-date.test-from",
            testFrom.get() + " is before split.by-date.validation-from, " + validationFrom);
      }
    }
  }

  /**
   * By separate paths of the same format.
   *
   * @param train path of the training rows
   * @param validation path of the validation rows
   * @param test path of the test rows
   */
  record ByPaths(String train, Optional<String> validation, Optional<String> test)
      implements SplitConfig {
    public ByPaths {
      PathText.check("split.paths.train", train);
      validation.ifPresent(path -> PathText.check("split.paths.validation", path));
      test.ifPresent(path -> PathText.check("split.paths.test", path));
    }
  }
}

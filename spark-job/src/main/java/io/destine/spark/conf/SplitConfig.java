package io.destine.spark.conf;

import io.destine.config.Check;
import io.destine.config.Components;
import io.destine.config.Meaning;
import io.destine.config.SettingProblem;
import java.util.Optional;

/** The split of rows into training, validation and test rows. */
public sealed interface SplitConfig {

  /** A split by a seeded hash of the row: 0.8, 0.1, 0.1, seed 1. */
  static SplitConfig defaults() {
    return Components.defaults(ByFraction.class);
  }

  /** The seed of the hash that determines the split and the position of every row. */
  default long seed() {
    return 1;
  }

  /** The split key, if any: rows with equal values of this column stay in one split. */
  default Optional<String> key() {
    return Optional.empty();
  }

  /** True if some rows are validation rows. */
  boolean hasValidation();

  /** True if some rows are test rows. */
  boolean hasTest();

  /**
   * Split by a seeded hash of the row's content, or of a column's value. The fractions add up to 1.
   * With a key, rows with equal values stay in one split; a row without a value is split by its
   * content.
   */
  record ByFraction(
      @Meaning(value = "fraction of the rows for training", preset = "0.8") double train,
      @Meaning(value = "fraction of the rows for validation", preset = "0.1") double validation,
      @Meaning(value = "fraction of the rows for testing", preset = "0.1") double test,
      @Meaning(value = "seed of the split and of the order of the rows", preset = "1") long seed,
      @Meaning("column that keeps rows together: rows with equal values are in one split")
          Optional<String> key)
      implements SplitConfig {
    public ByFraction {
      Check.fraction("split.train", train);
      Check.fraction("split.validation", validation);
      Check.fraction("split.test", test);
      Check.above("split.train", 0, train);
      if (Math.abs(train + validation + test - 1) > 1e-9) {
        throw SettingProblem.because(
            "split.train",
            String.format(
                "%s + %s + %s is not 1; split.train, split.validation and split.test"
                    + " must add up to 1",
                train, validation, test));
      }
    }

    /** Split by content. */
    public ByFraction(double train, double validation, double test, long seed) {
      this(train, validation, test, seed, Optional.empty());
    }

    @Override
    public boolean hasValidation() {
      return validation > 0;
    }

    @Override
    public boolean hasTest() {
      return test > 0;
    }
  }

  /**
   * Split by date: rows before {@code validationFrom} are training rows, rows from {@code testFrom}
   * on are test rows, and rows in between are validation rows. Dates are compared as numbers if
   * both bounds are numbers, otherwise as texts, which is correct for ISO dates.
   */
  record ByDate(
      @Meaning(value = "column of the row's date", required = "the name of a column") String column,
      @Meaning(value = "first date of the validation rows", required = "a date")
          String validationFrom,
      @Meaning("first date of the test rows") Optional<String> testFrom)
      implements SplitConfig {
    public ByDate {
      DateOrder order = new DateOrder(validationFrom, testFrom);
      if (testFrom.isPresent() && order.compare(validationFrom, testFrom.get()) > 0) {
        throw SettingProblem.because(
            "split.by-date.test-from",
            testFrom.get() + " is before split.by-date.validation-from, " + validationFrom);
      }
    }

    @Override
    public boolean hasValidation() {
      return true;
    }

    @Override
    public boolean hasTest() {
      return testFrom.isPresent();
    }
  }

  /** Split by separate paths with the same format. */
  record ByPaths(
      @Meaning(value = "path of the training rows", required = "a file or directory") String train,
      @Meaning("path of the validation rows") Optional<String> validation,
      @Meaning("path of the test rows") Optional<String> test)
      implements SplitConfig {
    public ByPaths {
      PathText.check("split.paths.train", train);
      validation.ifPresent(path -> PathText.check("split.paths.validation", path));
      test.ifPresent(path -> PathText.check("split.paths.test", path));
    }

    @Override
    public boolean hasValidation() {
      return validation.isPresent();
    }

    @Override
    public boolean hasTest() {
      return test.isPresent();
    }
  }
}

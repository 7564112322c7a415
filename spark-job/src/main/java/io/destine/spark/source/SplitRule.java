package io.destine.spark.source;

import io.destine.feature.RawValues;
import io.destine.random.CounterRandom;
import io.destine.random.Purpose;
import io.destine.spark.conf.DateOrder;
import io.destine.spark.conf.SplitConfig;
import java.io.Serializable;

/**
 * Assigns a row to a split: 0 training, 1 validation, 2 test. A pure function of the row's content,
 * key and date.
 */
public interface SplitRule extends Serializable {

  /**
   * The split of a row.
   *
   * @param hash of the row's content
   * @param key hash of the split key: rows with the same key stay in one split; 0 if there is none,
   *     so the content decides
   * @param date null if there is no date column or no date
   * @throws IllegalArgumentException if the date is needed and invalid
   */
  int split(long hash, long key, String date);

  /** The rule of a configuration with a single table. */
  static SplitRule of(SplitConfig config) {
    if (config instanceof SplitConfig.ByFraction f) {
      double validationFrom = f.train();
      double testFrom = f.test() == 0 ? 1 : f.train() + f.validation();
      return new ByFraction(f.seed(), validationFrom, testFrom);
    }
    if (config instanceof SplitConfig.ByDate d) {
      return new ByDate(
          new DateOrder(d.validationFrom(), d.testFrom()),
          d.column(),
          d.validationFrom(),
          d.testFrom().orElse(null));
    }
    throw new IllegalArgumentException("split must be by fraction or date, got " + config);
  }

  /** A rule that assigns every row to the given split. */
  static SplitRule always(int split) {
    return (hash, key, date) -> split;
  }

  /** By a uniform number, derived from the seed and the row's key or content. */
  record ByFraction(long seed, double validationFrom, double testFrom) implements SplitRule {
    @Override
    public int split(long hash, long key, String date) {
      double u = CounterRandom.of(seed, Purpose.SPLIT).at(key == 0 ? hash : key).uniform(0);
      return u < validationFrom ? 0 : u < testFrom ? 1 : 2;
    }
  }

  /** By comparing the date with the first dates of validation and test. */
  record ByDate(DateOrder order, String column, String validationFrom, String testFrom)
      implements SplitRule {
    @Override
    public int split(long hash, long key, String date) {
      if (date == null || !order.accepts(date)) {
        throw new IllegalArgumentException(
            "column \""
                + column
                + "\": "
                + (date == null
                    ? "the date is missing"
                    : "\""
                        + RawValues.shortened(date)
                        + "\" is not a date like "
                        + validationFrom));
      }
      if (order.compare(date, validationFrom) < 0) {
        return 0;
      }
      return testFrom != null && order.compare(date, testFrom) >= 0 ? 2 : 1;
    }
  }
}

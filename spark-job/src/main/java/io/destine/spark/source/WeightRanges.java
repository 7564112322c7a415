package io.destine.spark.source;

import io.destine.metric.WeightTotals;
import io.destine.spark.conf.UserError;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The weights of the good rows by split, and the check that training and metrics can resolve them:
 * a positive weight must be within a factor of a million of the mean of its split.
 */
public final class WeightRanges {
  private static final List<String> SPLITS = List.of("training", "validation", "test");

  private final String column;
  private final List<WeightTotals> totals;

  private WeightRanges(String column, List<WeightTotals> totals) {
    this.column = column;
    this.totals = totals;
  }

  /**
   * The ranges of the given totals.
   *
   * @param totals of training, validation and test rows
   * @param column of the weights, if there is one
   */
  public static WeightRanges of(List<WeightTotals> totals, Optional<String> column) {
    return column.isEmpty()
        ? new WeightRanges("", List.of())
        : new WeightRanges(column.get(), List.copyOf(totals));
  }

  /**
   * Stops a job if the weights of a split are too far apart, or if all training rows of a label
   * have weight 0.
   *
   * @throws UserError naming the column, the split and the weight
   */
  public void check() {
    List<String> problems = new ArrayList<>();
    for (int split = 0; split < totals.size(); split++) {
      WeightTotals weights = totals.get(split);
      String rows = SPLITS.get(split) + " rows";
      if (weights.weightedRows() == 0) {
        if (split == 0) {
          problems.add(
              where()
                  + "all training rows have weight 0; training needs weighted rows of each label");
        }
      } else {
        if (split == 0 && absent(weights) >= 0) {
          problems.add(
              where()
                  + String.format(
                      Locale.ROOT,
                      "all %s of label %d have weight 0; training needs weighted rows of each"
                          + " label",
                      rows,
                      absent(weights)));
        }
        range(problems, rows, weights);
      }
    }
    if (!problems.isEmpty()) {
      throw new UserError(problems);
    }
  }

  private void range(List<String> problems, String rows, WeightTotals weights) {
    double mean = weights.mean();
    if (weights.largest() > mean * WeightTotals.MOST_RATIO
        || weights.smallest() < mean / WeightTotals.MOST_RATIO) {
      problems.add(
          where()
              + String.format(
                  Locale.ROOT,
                  "weights of the %s range from %.3g to %.3g with a mean of %.3g; a weight must be"
                      + " 0 or within a factor of 1,000,000 of the mean",
                  rows,
                  weights.smallest(),
                  weights.largest(),
                  mean));
    }
  }

  private String where() {
    return "column \"" + column + "\": ";
  }

  /** The label whose rows all have weight 0; -1 if there is none. */
  private static int absent(WeightTotals weights) {
    if (weights.weightedRows(true) == 0) {
      return 1;
    }
    return weights.weightedRows(false) == 0 ? 0 : -1;
  }
}

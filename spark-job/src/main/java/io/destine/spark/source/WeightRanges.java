package io.destine.spark.source;

import io.destine.metric.WeightTotals;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.UserError;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Row;

/**
 * The weights of the good rows by split, and whether training and metrics can tell them apart: a
 * positive weight may be above or below the mean of its split by a factor of a million.
 */
public final class WeightRanges {
  private static final List<String> SPLITS = List.of("training", "validation", "test");

  private final String column;
  private final List<WeightTotals> totals;

  private WeightRanges(String column, List<WeightTotals> totals) {
    this.column = column;
    this.totals = totals;
  }

  /** The weights of rows; one pass when there is a weight column, none otherwise. */
  public static WeightRanges of(CheckedRows rows, JobConfig config) {
    if (config.weight().isEmpty()) {
      return new WeightRanges("", List.of());
    }
    List<WeightTotals> totals =
        rows.good()
            .select("split", "label", "weight")
            .javaRDD()
            .mapPartitions(WeightRanges::totals)
            .reduce(WeightRanges::merged);
    return new WeightRanges(config.weight().get(), totals);
  }

  /**
   * Weights that were added up elsewhere.
   *
   * @param totals of training, validation and test rows
   */
  public static WeightRanges of(List<WeightTotals> totals, JobConfig config) {
    return config.weight().isEmpty()
        ? new WeightRanges("", List.of())
        : new WeightRanges(config.weight().get(), List.copyOf(totals));
  }

  private static Iterator<List<WeightTotals>> totals(Iterator<Row> rows) {
    List<WeightTotals> totals = new ArrayList<>();
    SPLITS.forEach(split -> totals.add(new WeightTotals()));
    while (rows.hasNext()) {
      Row row = rows.next();
      totals.get(row.getInt(0)).add(row.getFloat(1) == 1, row.getFloat(2));
    }
    return List.of(totals).iterator();
  }

  private static List<WeightTotals> merged(List<WeightTotals> into, List<WeightTotals> others) {
    for (int split = 0; split < into.size(); split++) {
      into.get(split).merge(others.get(split));
    }
    return into;
  }

  /**
   * Stops a job whose weights are too far apart, or which has no training rows of a label that have
   * a weight.
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
              where() + "all training rows have weight 0; a training needs some of each label");
        }
      } else {
        if (split == 0 && absent(weights) >= 0) {
          problems.add(
              where()
                  + String.format(
                      Locale.ROOT,
                      "all %s of label %d have weight 0; a training needs some of each label",
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
                  "weights of the %s go from %.3g to %.3g with a mean of %.3g; a weight is 0 or at"
                      + " most a million times above or below the mean",
                  rows,
                  weights.smallest(),
                  weights.largest(),
                  mean));
    }
  }

  private String where() {
    return "column \"" + column + "\": ";
  }

  /** The label whose rows all have weight 0, or -1. */
  private static int absent(WeightTotals weights) {
    if (weights.weightedRows(true) == 0) {
      return 1;
    }
    return weights.weightedRows(false) == 0 ? 0 : -1;
  }
}

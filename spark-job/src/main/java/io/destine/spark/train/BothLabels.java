package io.destine.spark.train;

import io.destine.metric.WeightTotals;
import io.destine.spark.conf.UserError;
import io.destine.spark.encode.DataSetManifest;
import io.destine.spark.encode.Split;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Checks that both labels have rows; otherwise there is nothing to learn or rank. */
final class BothLabels {
  private BothLabels() {}

  /**
   * Checks the training and the validation rows.
   *
   * @param label name of the label in the message
   * @throws UserError naming the label and the split
   */
  static void require(String label, DataSetManifest manifest) {
    List<String> problems = new ArrayList<>();
    for (Split split : List.of(Split.TRAIN, Split.VALIDATION)) {
      long positives = manifest.positives(split);
      if (positives == 0 || positives == manifest.rows(split)) {
        problems.add(
            split.key()
                + " rows: "
                + label
                + " is "
                + (positives == 0 ? 0 : 1)
                + " in all "
                + manifest.rows(split)
                + " rows; "
                + (split == Split.TRAIN ? "training" : "the validation metric")
                + " needs rows of both labels");
      }
    }
    if (!problems.isEmpty()) {
      throw new UserError(problems);
    }
  }

  /**
   * Checks that training and validation rows of each label have weight.
   *
   * @param weight name of the weights in the message
   * @throws UserError naming the column, the split and the label that has no weight
   */
  static void requireWeighted(String weight, Map<Split, RowBlocks> rows) {
    List<String> problems = new ArrayList<>();
    for (Split split : List.of(Split.TRAIN, Split.VALIDATION)) {
      WeightTotals weights = rows.get(split).summary().weights();
      for (int label = 0; label <= 1; label++) {
        if (weights.weightedRows(label == 1) == 0) {
          problems.add(
              weight
                  + ": all "
                  + split.key()
                  + " rows of label "
                  + label
                  + " have weight 0; "
                  + (split == Split.TRAIN
                      ? "training needs weighted rows of each label"
                      : "the validation metric needs weighted rows of each label"));
        }
      }
    }
    if (!problems.isEmpty()) {
      throw new UserError(problems);
    }
  }
}

package io.destine.spark.train;

import io.destine.spark.conf.UserError;
import io.destine.spark.encode.DataSetManifest;
import io.destine.spark.encode.Split;
import java.util.ArrayList;
import java.util.List;

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
                + " must have both labels, got only "
                + (positives == 0 ? 0 : 1)
                + " in "
                + manifest.rows(split)
                + " rows");
      }
    }
    if (!problems.isEmpty()) {
      throw new UserError(problems);
    }
  }
}

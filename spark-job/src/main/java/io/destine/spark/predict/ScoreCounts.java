package io.destine.spark.predict;

import java.io.Serializable;
import org.apache.spark.util.CollectionAccumulator;
import org.apache.spark.util.LongAccumulator;

/**
 * Counts of scored rows, summed up over tasks.
 *
 * @param rows all rows
 * @param unread rows without a probability
 * @param reasons why the first of them in a task has none
 */
record ScoreCounts(
    LongAccumulator rows, LongAccumulator unread, CollectionAccumulator<String> reasons)
    implements Serializable {
  private static final int REASON_LENGTH = 160;

  void row() {
    rows.add(1L);
  }

  void unread(String reason) {
    if (unread.isZero()) {
      // One line, whatever the values are.
      String line = reason.replaceAll("\\p{Cntrl}+", " ");
      reasons.add(line.length() <= REASON_LENGTH ? line : line.substring(0, REASON_LENGTH) + "...");
    }
    unread.add(1L);
  }
}

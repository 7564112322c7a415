package io.destine.scorer;

import io.destine.predict.RowExplanation;
import java.io.IOException;
import java.util.List;

/**
 * Reads and writes rows in a format. The content of a row is written with the same bytes that were
 * read.
 */
interface RowFormat {
  /** Name of the column with the reason for a missing probability. */
  static String reasonOf(String probability) {
    return probability + "_reason";
  }

  /**
   * The next row, null at the end of the input.
   *
   * @throws RefusedInput when the rest of the input cannot be read
   */
  ScoredRow next() throws IOException;

  /**
   * Writes a row.
   *
   * @param probability null when there is a reason
   * @param attention of each head, null to leave it out
   */
  void write(ScoredRow row, Double probability, String reason, List<RowExplanation.Head> attention)
      throws IOException;
}

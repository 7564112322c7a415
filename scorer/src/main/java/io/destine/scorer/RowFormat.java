package io.destine.scorer;

import io.destine.predict.RowExplanation;
import java.io.IOException;
import java.util.List;

/** How rows come in and go out. What a row has comes out with the bytes that came in. */
interface RowFormat {
  /** Name of the added column with the probability. */
  String PROBABILITY = "probability";

  /** Name of the added column with the reason why there is none. */
  String REASON = "probability_reason";

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

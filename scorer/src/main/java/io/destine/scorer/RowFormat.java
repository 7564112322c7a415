package io.destine.scorer;

import java.io.IOException;
import java.util.List;

/** How rows come in and go out. */
interface RowFormat {
  /** Name of the added column with the probability. */
  String PROBABILITY = "probability";

  /** Name of the added column with the reason why there is none. */
  String REASON = "probability_reason";

  /**
   * The next rows: at most {@code most}, fewer when the input pauses, none at its end.
   *
   * @throws RefusedInput when nothing of the input can be read
   */
  List<ScoredRow> read(int most) throws IOException;

  /**
   * Writes a row.
   *
   * @param probability null when there is a reason
   */
  void write(ScoredRow row, Double probability, String reason) throws IOException;
}

package io.destine.scorer;

import java.util.List;
import java.util.Map;

/**
 * A row of the input.
 *
 * @param source bytes of the values by column for csv, of the line for JSON, as read by {@link
 *     ByteReader}
 * @param values by column, an absent one is a missing value; null when the row could not be read
 * @param reason the reason why it could not be read, or null
 */
record ScoredRow(List<String> source, Map<String, Object> values, String reason) {
  /** A line without a row, which has neither a probability nor a reason. */
  static ScoredRow blank(String line) {
    return new ScoredRow(List.of(line), null, null);
  }

  /** True for a line without a row. */
  boolean isBlank() {
    return values == null && reason == null;
  }
}

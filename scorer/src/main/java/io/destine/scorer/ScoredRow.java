package io.destine.scorer;

import java.util.List;
import java.util.Map;

/**
 * A row of the input.
 *
 * @param source bytes of the values by place in a csv, of the line in JSON, as {@link ByteReader}
 *     gives them
 * @param values by column, at least those that the model needs; null when the row could not be read
 * @param reason why it could not, or null
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

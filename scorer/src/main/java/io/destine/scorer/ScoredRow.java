package io.destine.scorer;

import java.util.Map;

/**
 * A row of the input.
 *
 * @param values by column; null when the line could not be read
 * @param reason why it could not, or null
 */
record ScoredRow(Map<String, Object> values, String reason) {}

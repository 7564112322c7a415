package io.destine.spark.encode;

import io.destine.spark.source.SourceParts;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Rows of a chunk of a side table.
 *
 * @param bad rows that cannot be read
 * @param reason why the first of these cannot; empty when there are none
 */
record TableRowCounts(int table, long rows, long bad, String reason) implements Serializable {

  static TableRowCounts of(Chunk chunk) {
    return new TableRowCounts(
        chunk.table,
        chunk.rows,
        chunk.reasons.size(),
        chunk.reasons.isEmpty() ? "" : chunk.reasons.get(0));
  }

  /** Warnings about the rows, a line for each table. */
  static List<String> warnings(List<SourceParts.Side> sides, List<TableRowCounts> counts) {
    List<String> lines = new ArrayList<>();
    for (int t = 0; t < sides.size(); t++) {
      int table = t;
      List<TableRowCounts> own = counts.stream().filter(each -> each.table() == table).toList();
      long bad = own.stream().mapToLong(TableRowCounts::bad).sum();
      if (bad > 0) {
        lines.add(
            String.format(
                Locale.ROOT,
                "%s: %,d of %,d rows cannot be read and are left out: %s",
                sides.get(t).name(),
                bad,
                bad + own.stream().mapToLong(TableRowCounts::rows).sum(),
                own.stream()
                    .map(TableRowCounts::reason)
                    .filter(r -> !r.isEmpty())
                    .sorted()
                    .findFirst()
                    .orElse("")));
      }
    }
    return lines;
  }
}

package io.destine.spark.encode;

import io.destine.spark.source.SourceParts;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Row counts of a chunk of a side table.
 *
 * @param bad number of rows that cannot be read
 * @param reason why the first of them cannot be read; empty if there are none
 */
record SourceRowCounts(int table, long rows, long bad, String reason) implements Serializable {

  static SourceRowCounts of(Chunk chunk) {
    return new SourceRowCounts(
        chunk.table,
        chunk.rows,
        chunk.reasons.size(),
        chunk.reasons.isEmpty() ? "" : chunk.reasons.get(0));
  }

  /** Warnings about the rows, a line for each table. */
  static List<String> warnings(List<SourceParts.Side> sides, List<SourceRowCounts> counts) {
    List<String> lines = new ArrayList<>();
    for (int t = 0; t < sides.size(); t++) {
      int table = t;
      List<SourceRowCounts> own = counts.stream().filter(each -> each.table() == table).toList();
      long bad = own.stream().mapToLong(SourceRowCounts::bad).sum();
      if (bad > 0) {
        lines.add(
            String.format(
                Locale.ROOT,
                "%s: %,d of %,d rows cannot be read and are left out: %s",
                sides.get(t).name(),
                bad,
                bad + own.stream().mapToLong(SourceRowCounts::rows).sum(),
                own.stream()
                    .map(SourceRowCounts::reason)
                    .filter(r -> !r.isEmpty())
                    .sorted()
                    .findFirst()
                    .orElse("")));
      }
    }
    return lines;
  }
}

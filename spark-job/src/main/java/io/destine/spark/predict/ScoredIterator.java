package io.destine.spark.predict;

import io.destine.metric.Logits;
import io.destine.spark.encode.RowEncoder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * Rows in their order, each with its probability or the reason why it has none; scored block by
 * block.
 */
final class ScoredIterator implements Iterator<Row> {
  private final Iterator<Row> rows;
  private final RowEncoder encoder;
  private final int corruptColumn;
  private final BlockScorer scorer;
  private final ScoreCounts counts;
  private final ArrayDeque<Row> ready = new ArrayDeque<>();

  /**
   * Scores the given rows.
   *
   * @param corruptColumn column that is not null in malformed rows, which is left out, or -1
   */
  ScoredIterator(
      Iterator<Row> rows,
      RowEncoder encoder,
      int corruptColumn,
      BlockScorer scorer,
      ScoreCounts counts) {
    this.rows = rows;
    this.encoder = encoder;
    this.corruptColumn = corruptColumn;
    this.scorer = scorer;
    this.counts = counts;
  }

  @Override
  public boolean hasNext() {
    return !ready.isEmpty() || rows.hasNext();
  }

  @Override
  public Row next() {
    if (ready.isEmpty()) {
      fill();
    }
    if (ready.isEmpty()) {
      throw new NoSuchElementException("there must be a next row, got none");
    }
    return ready.remove();
  }

  private void fill() {
    List<Row> block = new ArrayList<>();
    List<String> reasons = new ArrayList<>();
    while (rows.hasNext() && block.size() < BlockScorer.ROWS) {
      Row row = rows.next();
      String reason = encode(row);
      block.add(row);
      reasons.add(reason);
      counts.row();
      if (reason != null) {
        counts.unread(reason);
      }
    }
    double[] logits = encoder.rows() == 0 ? new double[0] : scorer.logits(encoder.build());
    int scored = 0;
    for (int i = 0; i < block.size(); i++) {
      String reason = reasons.get(i);
      Double probability = reason == null ? Logits.probability(logits[scored++]) : null;
      ready.add(scored(block.get(i), probability, reason));
    }
  }

  private Row scored(Row row, Double probability, String reason) {
    int columns = row.size() - (corruptColumn < 0 ? 0 : 1);
    Object[] values = new Object[columns + 2];
    for (int c = 0; c < columns; c++) {
      values[c] = row.get(corruptColumn < 0 || c < corruptColumn ? c : c + 1);
    }
    values[columns] = probability;
    values[columns + 1] = reason;
    return RowFactory.create(values);
  }

  /** Adds a row to the block; returns why it cannot be, or null. */
  private String encode(Row row) {
    if (corruptColumn >= 0 && !row.isNullAt(corruptColumn)) {
      return "the line does not have one value for each column: " + row.get(corruptColumn);
    }
    try {
      encoder.add(row);
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
    return null;
  }
}

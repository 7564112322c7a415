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
  private final ArrayDeque<Row> ready = new ArrayDeque<>();

  /**
   * Scores the given rows.
   *
   * @param corruptColumn column that is not null in malformed rows, or -1
   */
  ScoredIterator(Iterator<Row> rows, RowEncoder encoder, int corruptColumn, BlockScorer scorer) {
    this.rows = rows;
    this.encoder = encoder;
    this.corruptColumn = corruptColumn;
    this.scorer = scorer;
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
      block.add(row);
      reasons.add(encode(row));
    }
    double[] logits = encoder.rows() == 0 ? new double[0] : scorer.logits(encoder.build());
    int scored = 0;
    for (int i = 0; i < block.size(); i++) {
      boolean good = reasons.get(i) == null;
      Double probability = good ? Logits.probability(logits[scored++]) : null;
      ready.add(RowFactory.create(PredictJob.append(block.get(i), probability, reasons.get(i))));
    }
  }

  /** Adds a row to the block; returns why it cannot be, or null. */
  private String encode(Row row) {
    if (corruptColumn >= 0 && !row.isNullAt(corruptColumn)) {
      return "line must have one value for each column";
    }
    try {
      encoder.add(row);
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
    return null;
  }
}

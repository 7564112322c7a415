package io.destine.spark.predict;

import io.destine.feature.EncodedBatch;
import io.destine.metric.Logits;
import io.destine.spark.encode.RowEncoder;
import io.destine.spark.evaluate.ScoreTask;
import io.destine.spark.source.InputPlace;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * Rows in order, each with its probability or the reason why it has none; scored block by block.
 * After the last row, their totals are added to the accumulator.
 */
final class ScoredIterator implements Iterator<Row> {
  private final Iterator<Row> rows;
  private final RowEncoder encoder;
  private final ScoredLayout layout;
  private final ScoreTask scorer;
  private final ScoreAccumulator accumulator;
  private final InputPlace place = new InputPlace(TaskContext.getPartitionId());
  private final ScoreTotals totals = new ScoreTotals();
  private final ExplanationColumn.Task explainer;
  private final ArrayDeque<Row> ready = new ArrayDeque<>();
  private boolean ended;

  /**
   * Scores the given rows.
   *
   * @param explainer of the rows, or null
   */
  ScoredIterator(
      Iterator<Row> rows,
      RowEncoder encoder,
      ScoredLayout layout,
      ScoreTask scorer,
      ExplanationColumn.Task explainer,
      ScoreAccumulator accumulator) {
    this.rows = rows;
    this.encoder = encoder;
    this.layout = layout;
    this.scorer = scorer;
    this.accumulator = accumulator;
    this.explainer = explainer;
  }

  @Override
  public boolean hasNext() {
    if (!ready.isEmpty() || rows.hasNext()) {
      return true;
    }
    if (!ended) {
      ended = true;
      accumulator.add(totals);
    }
    return false;
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
    List<Object[]> block = new ArrayList<>();
    List<String> reasons = new ArrayList<>();
    List<Row> readable = new ArrayList<>();
    while (rows.hasNext() && block.size() < ScoreTask.BLOCK_ROWS) {
      Row row = rows.next();
      String reason = encode(row);
      reasons.add(reason);
      if (reason == null && explainer != null) {
        readable.add(row);
      }
      block.add(values(row));
    }
    EncodedBatch encoded = encoder.rows() == 0 ? null : encoder.build();
    double[] logits = encoded == null ? new double[0] : scorer.logits(encoded);
    scorer.progress().add(block.size() - logits.length);
    List<Row> explained = readable.isEmpty() ? List.of() : explainer.of(readable, encoded, logits);
    int scored = 0;
    for (int i = 0; i < block.size(); i++) {
      String reason = reasons.get(i);
      double logit = reason == null ? logits[scored++] : Double.NaN;
      if (reason == null && Double.isNaN(logit)) {
        reason = "the network's output is not a number for these values";
      }
      if (reason == null && explainer != null) {
        block.get(i)[block.get(i).length - 1] = explained.get(scored - 1);
      }
      ready.add(scored(block.get(i), logit, reason));
    }
  }

  private Row scored(Object[] values, double logit, String reason) {
    int column = layout.kept().length;
    if (reason == null) {
      double probability = Logits.probability(logit);
      totals.scored(logit, probability);
      values[column] = layout.score() == RowScore.PROBABILITY ? probability : logit;
    } else if (layout.score() == RowScore.REQUIRED_LOGIT) {
      throw new IllegalArgumentException(reason);
    } else {
      totals.unread(reason);
    }
    if (layout.reason()) {
      values[column + 1] = reason;
    }
    return RowFactory.create(values);
  }

  /** The values of a scored row, without score, reason and explanation. */
  private Object[] values(Row row) {
    int[] kept = layout.kept();
    int added = 1 + (layout.reason() ? 1 : 0) + (layout.explanation() == null ? 0 : 1);
    Object[] values = new Object[kept.length + added];
    for (int c = 0; c < kept.length; c++) {
      values[c] = row.get(kept[c]);
    }
    if (!layout.ranked()) {
      return values;
    }
    place.next();
    int ranked = values.length;
    values = Arrays.copyOf(values, ranked + 4);
    values[ranked] = layout.by() < 0 ? null : row.get(layout.by());
    values[ranked + 1] = place.file();
    values[ranked + 2] = place.start();
    values[ranked + 3] = place.row();
    return values;
  }

  /** Adds a row to the block; returns the reason if it cannot be added, or null. */
  private String encode(Row row) {
    int corrupt = layout.corrupt();
    if (corrupt >= 0 && !row.isNullAt(corrupt)) {
      return "the line is malformed, or does not have one value for each column: "
          + row.get(corrupt);
    }
    try {
      encoder.add(row);
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
    return null;
  }
}

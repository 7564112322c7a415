package io.destine.spark.predict;

import java.util.BitSet;
import org.apache.spark.TaskContext;
import org.apache.spark.util.AccumulatorV2;

/**
 * Sends the totals of tasks to the driver. Each partition counts once, even if its task runs
 * several times. Spark guarantees this only in the last stage of a job, but if the best rows are
 * selected, rows are scored before a shuffle.
 */
final class ScoreAccumulator extends AccumulatorV2<ScoreTotals, ScoreTotals> {
  private static final long serialVersionUID = 1;

  private BitSet partitions = new BitSet();
  private ScoreTotals totals = new ScoreTotals();

  @Override
  public boolean isZero() {
    return partitions.isEmpty();
  }

  @Override
  public ScoreAccumulator copy() {
    ScoreAccumulator copy = new ScoreAccumulator();
    copy.merge(this);
    return copy;
  }

  @Override
  public void reset() {
    partitions = new BitSet();
    totals = new ScoreTotals();
  }

  /** Adds rows of the partition that this task computes. */
  @Override
  public void add(ScoreTotals rows) {
    partitions.set(TaskContext.getPartitionId());
    totals.merge(rows);
  }

  @Override
  public void merge(AccumulatorV2<ScoreTotals, ScoreTotals> other) {
    ScoreAccumulator that = (ScoreAccumulator) other;
    if (!partitions.intersects(that.partitions)) {
      partitions.or(that.partitions);
      totals.merge(that.totals);
    }
  }

  @Override
  public ScoreTotals value() {
    return totals;
  }
}

package io.destine.spark.evaluate;

import io.destine.metric.ProbabilitySums;
import io.destine.metric.RankGroups;
import io.destine.metric.ThresholdSums;
import io.destine.metric.WeightUnit;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * The result of the first pass over one partition: its sums and, for ranking, all of its groups of
 * equal logits if it has few rows, otherwise a sample of their keys.
 */
final class PartitionSummary implements Serializable {
  private static final long serialVersionUID = 1;

  /** Number of keys of a partition from which the boundaries of ranges are chosen. */
  private static final int SAMPLE_KEYS = 200;

  final ProbabilitySums sums;

  /** Sums for intervals and curves, or null if not requested. */
  ThresholdSums thresholds;

  /** Distinct logits of the partition, or null if the partition has too many rows. */
  RankGroups ranks;

  /** All rows of a small partition if some of them have a group, otherwise null. */
  ScoredRows groupedRows;

  long[] sample = {};
  boolean grouped;

  /** The reason why the rows cannot be evaluated, or null. */
  String failure;

  private PartitionSummary(WeightUnit unit) {
    sums = new ProbabilitySums(unit);
  }

  /**
   * Summarises one partition; keeps its rows if there are at most {@code keepRows}.
   *
   * @param unit of weights
   * @param detailed whether to compute the sums for intervals and curves
   */
  static PartitionSummary of(
      int partition,
      Iterator<ScoredRows> pieces,
      WeightUnit unit,
      long keepRows,
      boolean detailed) {
    PartitionSummary summary = new PartitionSummary(unit);
    summary.thresholds = detailed ? new ThresholdSums(unit) : null;
    List<ScoredRows> kept = new ArrayList<>();
    List<RankGroups> ranks = new ArrayList<>();
    long before = 0;
    try {
      while (pieces.hasNext()) {
        ScoredRows piece = pieces.next();
        if (piece.rows() > 0) {
          summary.sums.add(piece.logits(), piece.labels(), piece.weights());
          if (detailed) {
            summary.thresholds.add(piece.logits(), piece.labels(), piece.weights());
          }
          ranks.add(RankGroups.of(piece.logits(), piece.labels(), piece.weights(), unit));
          summary.grouped |= piece.groups() != null;
          kept.add(piece);
          before += piece.rows();
        }
      }
    } catch (IllegalArgumentException e) {
      summary.failure =
          "evaluation: partition "
              + partition
              + (before == 0 ? ", " : ", after " + before + " rows, ")
              + e.getMessage();
      return summary;
    }
    RankGroups merged = RankGroups.merge(ranks);
    if (summary.sums.rows() <= keepRows) {
      summary.ranks = merged;
      summary.groupedRows = summary.grouped ? ScoredRows.concat(kept) : null;
    } else {
      summary.sample = merged.sampleKeys(SAMPLE_KEYS);
    }
    return summary;
  }

  long rows() {
    return sums.rows();
  }
}

package io.destine.spark.evaluate;

import io.destine.metric.DetailedReport;
import io.destine.metric.EvaluationReport;
import io.destine.metric.GroupAucSums;
import io.destine.metric.LogitHistogram;
import io.destine.metric.LossDifference;
import io.destine.metric.ProbabilitySums;
import io.destine.metric.RankGroups;
import io.destine.metric.RankSums;
import io.destine.metric.ThresholdSums;
import io.destine.metric.WeightTotals;
import io.destine.metric.WeightUnit;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.storage.StorageLevel;

/**
 * Exact metrics of scored rows, bit-identical for any number and order of partitions.
 *
 * <p>The first job adds up weights, the next one summarises every partition; if there are few rows,
 * it also sends their groups of equal logits to the driver, which ranks them. Otherwise rows are
 * shuffled to ranges of logits, and to partitions by group. Both ways add the same integers.
 */
public final class Evaluation {
  /** Default maximum number of rows for ranking on the driver: about 100 MB. */
  public static final long DRIVER_ROWS = 4_000_000;

  private static final int MOST_RANGES = 256;

  private final long driverRows;

  /** Ranks up to {@link #DRIVER_ROWS} rows on the driver. */
  public Evaluation() {
    this(DRIVER_ROWS);
  }

  /** Ranks up to about {@code driverRows} rows on the driver: the limit is shared by partitions. */
  public Evaluation(long driverRows) {
    this.driverRows = driverRows;
  }

  /**
   * The metrics of the given rows. The rows are kept in memory or on disk until the evaluation is
   * over, so each is scored once.
   *
   * @throws IllegalArgumentException naming partition and row, if a logit is not finite, a label is
   *     not 0 or 1, or a weight is negative
   */
  public EvaluationReport evaluate(JavaRDD<ScoredRows> scored) {
    return kept(
        scored,
        rows -> {
          WeightUnit unit = unit(rows);
          return report(rows, unit, summaries(rows, unit, false));
        });
  }

  /**
   * The same metrics with intervals and curves, which cost more computation for each row, but no
   * additional job.
   *
   * @throws IllegalArgumentException as {@link #evaluate}
   */
  public DetailedReport detailed(JavaRDD<ScoredRows> scored) {
    return kept(
        scored,
        rows -> {
          WeightUnit unit = unit(rows);
          List<PartitionSummary> summaries = summaries(rows, unit, true);
          ThresholdSums thresholds = new ThresholdSums(unit);
          summaries.forEach(summary -> thresholds.merge(summary.thresholds));
          return new DetailedReport(report(rows, unit, summaries), thresholds);
        });
  }

  /**
   * A histogram of the logits of the rows. The Spark job fails if a logit is not finite, a label is
   * not 0 or 1, or a weight is negative.
   */
  public LogitHistogram histogram(JavaRDD<ScoredRows> scored) {
    return kept(
        scored,
        rows -> {
          WeightUnit unit = unit(rows);
          return rows.map(
                  piece -> {
                    LogitHistogram histogram = new LogitHistogram(unit);
                    histogram.add(piece.logits(), piece.labels(), piece.weights());
                    return histogram;
                  })
              .fold(new LogitHistogram(unit), LogitHistogram::merge);
        });
  }

  /**
   * The metrics of a published model, and a candidate's log loss minus the published model's on the
   * same rows. The Spark job fails if the rows differ.
   *
   * @param candidate the rows of {@code published} with the candidate's logits: the same number of
   *     partitions, with the same rows in the same pieces
   * @throws IllegalArgumentException as {@link #evaluate}
   */
  public Comparison compare(JavaRDD<ScoredRows> candidate, JavaRDD<ScoredRows> published) {
    return kept(
        published,
        rows -> {
          WeightUnit unit = unit(rows);
          EvaluationReport report = report(rows, unit, summaries(rows, unit, false));
          LossDifference difference = new LossDifference();
          rows.zipPartitions(
                  candidate, (theirs, mine) -> List.of(difference(mine, theirs)).iterator())
              .collect()
              .forEach(difference::merge);
          return new Comparison(report, difference);
        });
  }

  private static LossDifference difference(
      Iterator<ScoredRows> candidate, Iterator<ScoredRows> published) {
    LossDifference difference = new LossDifference();
    while (candidate.hasNext() && published.hasNext()) {
      ScoredRows mine = candidate.next();
      ScoredRows theirs = published.next();
      requireSame(
          Arrays.equals(mine.labels(), theirs.labels())
              && Arrays.equals(mine.weights(), theirs.weights()));
      difference.add(mine.logits(), theirs.logits(), mine.labels(), mine.weights());
    }
    requireSame(candidate.hasNext() == published.hasNext());
    return difference;
  }

  private static void requireSame(boolean same) {
    if (!same) {
      throw new IllegalStateException("both models must have scored the same rows, got others");
    }
  }

  private static <T> T kept(JavaRDD<ScoredRows> scored, Function<JavaRDD<ScoredRows>, T> work) {
    if (!scored.getStorageLevel().equals(StorageLevel.NONE())) {
      return work.apply(scored);
    }
    // A derived RDD is persisted instead of the caller's: blocks are removed in the background, and
    // a task that reads the same RDD meanwhile would fail.
    JavaRDD<ScoredRows> kept =
        scored.mapPartitions(pieces -> pieces, true).persist(StorageLevel.MEMORY_AND_DISK());
    try {
      return work.apply(kept);
    } finally {
      kept.unpersist(false);
    }
  }

  private List<PartitionSummary> summaries(
      JavaRDD<ScoredRows> scored, WeightUnit unit, boolean detailed) {
    long keepRows = driverRows / Math.max(1, scored.getNumPartitions());
    List<PartitionSummary> summaries =
        scored
            .mapPartitionsWithIndex(
                (partition, pieces) ->
                    List.of(PartitionSummary.of(partition, pieces, unit, keepRows, detailed))
                        .iterator(),
                true)
            .collect();
    requireGood(summaries);
    return summaries;
  }

  private EvaluationReport report(
      JavaRDD<ScoredRows> scored, WeightUnit unit, List<PartitionSummary> summaries) {
    ProbabilitySums sums = new ProbabilitySums(unit);
    summaries.forEach(summary -> sums.merge(summary.sums));
    boolean grouped = summaries.stream().anyMatch(summary -> summary.grouped);
    if (summaries.stream().allMatch(summary -> summary.ranks != null)) {
      return EvaluationReport.of(sums, ranks(summaries), grouped ? groups(summaries, unit) : null);
    }
    int ranges = Math.min(Math.max(1, scored.getNumPartitions()), MOST_RANGES);
    long[] boundaries = RangedRanking.boundaries(summaries, ranges);
    RankSums ranks = RangedRanking.sums(scored, unit, boundaries);
    return EvaluationReport.of(
        sums, ranks, grouped ? GroupShuffle.sums(scored, unit, ranges) : null);
  }

  private static WeightUnit unit(JavaRDD<ScoredRows> scored) {
    return WeightUnit.of(
        scored
            .map(
                rows -> {
                  WeightTotals totals = new WeightTotals();
                  totals.add(rows.labels(), rows.weights());
                  return totals;
                })
            .fold(new WeightTotals(), WeightTotals::merge));
  }

  private static void requireGood(List<PartitionSummary> summaries) {
    for (PartitionSummary summary : summaries) {
      if (summary.failure != null) {
        throw new IllegalArgumentException(summary.failure);
      }
    }
  }

  private static RankSums ranks(List<PartitionSummary> summaries) {
    return RankGroups.merge(summaries.stream().map(summary -> summary.ranks).toList()).sums();
  }

  private static GroupAucSums groups(List<PartitionSummary> summaries, WeightUnit unit) {
    ScoredRows rows =
        ScoredRows.concat(
            summaries.stream().map(s -> s.groupedRows).filter(Objects::nonNull).toList());
    GroupAucSums sums = new GroupAucSums(unit);
    sums.add(rows.groups(), rows.logits(), rows.labels(), rows.weights());
    sums.addWithoutGroup(
        summaries.stream().filter(s -> !s.grouped).mapToLong(PartitionSummary::rows).sum());
    return sums;
  }
}

package io.destine.spark.evaluate;

import io.destine.metric.ClassWeights;
import io.destine.metric.RankGroups;
import io.destine.metric.RankSums;
import io.destine.metric.WeightUnit;
import io.destine.spark.encode.PlacePartitioner;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * Ranking of too many rows for one machine: rows are shuffled to ranges of logits, the weights of
 * the ranges are collected, and each range then computes its sums with the total weight of lower
 * ranges as offset. Shuffled rows are packed, one piece for each pair of partition and range.
 */
final class RangedRanking {
  private RangedRanking() {}

  /**
   * The sums of all rows, which do not depend on the boundaries.
   *
   * @param unit of weights
   * @param boundaries ascending keys between ranges
   */
  static RankSums sums(JavaRDD<ScoredRows> scored, WeightUnit unit, long[] boundaries) {
    JavaRDD<RankGroups> ranges =
        scored
            .mapPartitionsToPair(pieces -> cut(pieces, unit, boundaries))
            .partitionBy(new PlacePartitioner(boundaries.length + 1))
            .mapPartitions(RangedRanking::merge, true)
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      List<ClassWeights> weights = ranges.map(RankGroups::weights).collect();
      ClassWeights[] below = new ClassWeights[weights.size()];
      ClassWeights passed = ClassWeights.ZERO;
      for (int r = 0; r < below.length; r++) {
        below[r] = passed;
        passed = passed.plus(weights.get(r));
      }
      ClassWeights total = passed;
      RankSums sums = new RankSums();
      ranges
          .mapPartitionsWithIndex((range, groups) -> sum(groups, below[range], total), true)
          .collect()
          .forEach(sums::merge);
      return sums;
    } finally {
      ranges.unpersist(false);
    }
  }

  /**
   * At most {@code ranges} - 1 boundaries, evenly spaced in the samples of the partitions with many
   * rows.
   */
  static long[] boundaries(List<PartitionSummary> summaries, int ranges) {
    long[] keys = summaries.stream().flatMapToLong(s -> Arrays.stream(s.sample)).sorted().toArray();
    long[] boundaries = new long[ranges - 1];
    for (int r = 1; r < ranges; r++) {
      boundaries[r - 1] = keys[(int) ((long) r * keys.length / ranges)];
    }
    return Arrays.stream(boundaries).distinct().toArray();
  }

  private static Iterator<Tuple2<Integer, RankGroups>> cut(
      Iterator<ScoredRows> pieces, WeightUnit unit, long[] boundaries) {
    List<RankGroups> groups = new ArrayList<>();
    while (pieces.hasNext()) {
      ScoredRows piece = pieces.next();
      groups.add(RankGroups.of(piece.logits(), piece.labels(), piece.weights(), unit));
    }
    List<RankGroups> ranges = RankGroups.merge(groups).cut(boundaries);
    return IntStream.range(0, ranges.size())
        .filter(r -> ranges.get(r).size() > 0)
        .mapToObj(r -> new Tuple2<>(r, ranges.get(r)))
        .iterator();
  }

  private static Iterator<RankGroups> merge(Iterator<Tuple2<Integer, RankGroups>> parts) {
    List<RankGroups> groups = new ArrayList<>();
    parts.forEachRemaining(part -> groups.add(part._2()));
    return List.of(RankGroups.merge(groups)).iterator();
  }

  private static Iterator<RankSums> sum(
      Iterator<RankGroups> groups, ClassWeights below, ClassWeights total) {
    return List.of(groups.next().sums(below, total)).iterator();
  }
}

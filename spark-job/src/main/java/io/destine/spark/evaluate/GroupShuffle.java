package io.destine.spark.evaluate;

import io.destine.metric.GroupAucSums;
import io.destine.metric.WeightUnit;
import io.destine.random.CounterRandom;
import io.destine.spark.encode.PlacePartitioner;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import scala.Tuple2;

/**
 * AUC by group over too many rows for one machine: rows are shuffled so that each group is in one
 * partition. Shuffled rows are packed, one piece for each pair of partitions.
 */
final class GroupShuffle {
  private GroupShuffle() {}

  /** The sums of all rows. */
  static GroupAucSums sums(JavaRDD<ScoredRows> scored, WeightUnit unit, int partitions) {
    GroupAucSums sums = new GroupAucSums(unit);
    scored
        .mapPartitionsToPair(pieces -> split(pieces, partitions))
        .partitionBy(new PlacePartitioner(partitions))
        .mapPartitions(parts -> sum(parts, unit))
        .collect()
        .forEach(sums::merge);
    return sums;
  }

  private static Iterator<Tuple2<Integer, ScoredRows>> split(
      Iterator<ScoredRows> pieces, int partitions) {
    List<ScoredRows> kept = new ArrayList<>();
    pieces.forEachRemaining(kept::add);
    kept.removeIf(piece -> piece.rows() == 0);
    ScoredRows rows = ScoredRows.concat(kept);
    int[][] places = new int[partitions][16];
    int[] counts = new int[partitions];
    for (int i = 0; i < rows.rows(); i++) {
      long group = rows.group(i);
      // Rows without a group are spread over the partitions: a common hash would send all of
      // them to one.
      long key = group == GroupAucSums.NO_GROUP ? i : CounterRandom.mix(group);
      int to = (int) Long.remainderUnsigned(key, partitions);
      if (counts[to] == places[to].length) {
        places[to] = Arrays.copyOf(places[to], 2 * counts[to]);
      }
      places[to][counts[to]++] = i;
    }
    List<Tuple2<Integer, ScoredRows>> parts = new ArrayList<>();
    for (int to = 0; to < partitions; to++) {
      if (counts[to] > 0) {
        parts.add(new Tuple2<>(to, rows.select(Arrays.copyOf(places[to], counts[to]))));
      }
    }
    return parts.iterator();
  }

  private static Iterator<GroupAucSums> sum(
      Iterator<Tuple2<Integer, ScoredRows>> parts, WeightUnit unit) {
    List<ScoredRows> kept = new ArrayList<>();
    parts.forEachRemaining(part -> kept.add(part._2()));
    GroupAucSums sums = new GroupAucSums(unit);
    if (!kept.isEmpty()) {
      ScoredRows rows = ScoredRows.concat(kept);
      if (rows.groups() == null) {
        sums.addWithoutGroup(rows.rows());
      } else {
        sums.add(rows.groups(), rows.logits(), rows.labels(), rows.weights());
      }
    }
    return List.of(sums).iterator();
  }
}

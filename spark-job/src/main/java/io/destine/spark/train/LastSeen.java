package io.destine.spark.train;

import io.destine.artifact.ModelReader;
import io.destine.feature.EncodedBatch;
import io.destine.param.NamedState;
import io.destine.param.ParameterTable;
import io.destine.spark.parameters.OwnedTables;
import java.io.Serializable;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaRDD;
import scala.Tuple2;

/**
 * The day on which each id was last in a training row, as days since 1970-01-01 in a table [V, 1]
 * that is saved with the optimiser's state. A float holds such days exactly. New ids count as seen.
 * The table is stored with the parameters: in the driver, or in the executors that own them.
 */
final class LastSeen {
  /** Name of the table in the saved state. */
  static final String NAME = "embedding.last_seen";

  private static final int MOST_IDS_OF_A_RANGE = 1 << 20;

  /** Rows of the table that a task holds at a time. */
  private static final int BLOCK = 1 << 14;

  private final JavaRDD<Range> ranges;
  private final int rows;
  private final Day day;

  /**
   * A range of ids, and which of them occur in the day's training rows.
   *
   * @param seen bit i is set for id first + i
   */
  private record Range(int first, int ids, BitSet seen) implements Serializable {
    private static final long serialVersionUID = 1;
  }

  /**
   * The new day.
   *
   * @param number days since 1970-01-01
   * @param known the first id without a recorded day: it and all later ids get this day
   */
  private record Day(long number, int known) implements Serializable {
    private static final long serialVersionUID = 1;

    /** True if an id of a range gets this day. */
    boolean isOf(int id, Range range) {
      return id >= known || range.seen().get(id - range.first());
    }
  }

  private LastSeen(JavaRDD<Range> ranges, int rows, Day day) {
    this.ranges = ranges;
    this.rows = rows;
    this.day = day;
  }

  /**
   * Last-seen days after a new day, which becomes the day of each id in its training rows.
   *
   * @param known number of ids whose days the parent has; 0 without a parent
   * @param rows V
   * @param training the training rows
   */
  static LastSeen of(int known, int rows, LocalDate date, JavaRDD<EncodedBatch> training) {
    int least = rows / MOST_IDS_OF_A_RANGE + 1;
    int ranges = Math.max(least, training.context().defaultParallelism());
    int ids = rows / ranges + 1;
    JavaRDD<Range> seen =
        training
            .mapPartitionsToPair(batches -> seen(batches, ids, ranges))
            .reduceByKey(new HashPartitioner(ranges), LastSeen::or)
            .mapPartitionsWithIndex((range, found) -> range(range, ids, rows, found), true);
    return new LastSeen(seen, rows, new Day(date.toEpochDay(), known));
  }

  /** The ids of a task's rows as a bitmap for each range. */
  private static Iterator<Tuple2<Integer, BitSet>> seen(
      Iterator<EncodedBatch> batches, int ids, int ranges) {
    BitSet[] seen = new BitSet[ranges];
    while (batches.hasNext()) {
      EncodedBatch batch = batches.next();
      add(seen, batch.ids(), ids);
      add(seen, batch.multiIds(), ids);
    }
    List<Tuple2<Integer, BitSet>> found = new ArrayList<>();
    for (int range = 0; range < ranges; range++) {
      if (seen[range] != null) {
        found.add(new Tuple2<>(range, seen[range]));
      }
    }
    return found.iterator();
  }

  private static void add(BitSet[] seen, int[] batch, int ids) {
    for (int id : batch) {
      int range = id / ids;
      if (seen[range] == null) {
        seen[range] = new BitSet(ids);
      }
      seen[range].set(id % ids);
    }
  }

  private static BitSet or(BitSet one, BitSet other) {
    one.or(other);
    return one;
  }

  private static Iterator<Range> range(
      int number, int ids, int rows, Iterator<Tuple2<Integer, BitSet>> found) {
    int first = (int) Math.min(rows, (long) number * ids);
    BitSet seen = found.hasNext() ? found.next()._2() : new BitSet();
    return List.of(new Range(first, Math.min(ids, rows - first), seen)).iterator();
  }

  /**
   * [V, 1] the days, in the driver.
   *
   * @param days the parent's days, updated in place
   */
  ParameterTable days(ParameterTable days) {
    days.growTo(rows);
    double[] today = {day.number()};
    for (Range range : ranges.collect()) {
      for (int id = range.first(); id < range.first() + range.ids(); id++) {
        if (day.isOf(id, range)) {
          days.write(id, today, 0);
        }
      }
    }
    return days;
  }

  /**
   * Writes the days to the open tables of the owners.
   *
   * @param parent the model with the days of earlier ids, or null
   * @return number of ids not seen after {@code last}
   */
  long write(OwnedTables tables, ModelReader parent, long last) {
    if (parent != null) {
      tables.read(parent, file -> file.table().equals(NAME));
    }
    Day today = day;
    return tables.change(NAME, 1, ranges, (range, days) -> write(today, range, days, last));
  }

  private static long write(Day day, Range range, OwnedTables.Rows days, long last) {
    int end = range.first() + range.ids();
    long unseen = 0;
    for (int first = range.first(), n; first < end; first += n) {
      n = Math.min(BLOCK, end - first);
      float[] numbers = first < day.known() ? days.read(first, n) : new float[n];
      for (int k = 0; k < n; k++) {
        numbers[k] = day.isOf(first + k, range) ? day.number() : numbers[k];
        unseen += numbers[k] <= last ? 1 : 0;
      }
      days.write(first, numbers);
    }
    return unseen;
  }

  /** An optimiser state with the days added, for saving. */
  static NamedState add(NamedState state, ParameterTable days) {
    Map<String, ParameterTable> tables = new TreeMap<>(state.tables());
    tables.put(NAME, days);
    return new NamedState(tables, state.arrays(), state.counters());
  }
}

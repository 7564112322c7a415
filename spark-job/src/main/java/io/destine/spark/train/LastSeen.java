package io.destine.spark.train;

import io.destine.config.Precision;
import io.destine.feature.EncodedBatch;
import io.destine.param.NamedState;
import io.destine.param.ParameterTable;
import java.time.LocalDate;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaRDD;

/**
 * The day on which each id was last in a training row, as days since 1970-01-01 in a table [V, 1]
 * that is saved with the optimiser's state. A float holds such days exactly. One thread.
 */
final class LastSeen {
  /** Name of the table in the saved state. */
  static final String NAME = "embedding.last_seen";

  private final ParameterTable days;
  private final long today;

  private LastSeen(ParameterTable days, long today) {
    this.days = days;
    this.today = today;
  }

  /**
   * The days up to a new one, on which the ids of its training rows are seen. New ids count as
   * seen.
   *
   * @param before the days of the parent, or null
   * @param rows V
   * @param training the training rows
   */
  static LastSeen of(
      ParameterTable before, int rows, LocalDate date, JavaRDD<EncodedBatch> training) {
    ParameterTable days = ParameterTable.zeros(Precision.FLOAT32, rows, 1);
    double[] day = {date.toEpochDay()};
    for (int id = 0; id < rows; id++) {
      if (before != null && id < before.rows()) {
        before.read(id, day, 0);
      } else {
        day[0] = date.toEpochDay();
      }
      days.write(id, day, 0);
    }
    day[0] = date.toEpochDay();
    BitSet seen = training.mapPartitions(LastSeen::seen).treeReduce(LastSeen::or);
    for (int id = seen.nextSetBit(0); id >= 0; id = seen.nextSetBit(id + 1)) {
      days.write(id, day, 0);
    }
    return new LastSeen(days, date.toEpochDay());
  }

  /** The ids of a task's rows, a bit each. */
  private static Iterator<BitSet> seen(Iterator<EncodedBatch> rows) {
    BitSet seen = new BitSet();
    while (rows.hasNext()) {
      EncodedBatch batch = rows.next();
      for (int id : batch.ids()) {
        seen.set(id);
      }
      for (int id : batch.multiIds()) {
        seen.set(id);
      }
    }
    return List.of(seen).iterator();
  }

  private static BitSet or(BitSet one, BitSet other) {
    one.or(other);
    return one;
  }

  /** The ids without a row for {@code afterDays} days. */
  BitSet unseen(int afterDays) {
    BitSet unseen = new BitSet();
    double[] day = new double[1];
    for (int id = 0; id < days.rows(); id++) {
      days.read(id, day, 0);
      if (today - day[0] >= afterDays) {
        unseen.set(id);
      }
    }
    return unseen;
  }

  /** [V, 1] the day of each id. */
  ParameterTable days() {
    return days;
  }

  /** A state to save, with these days in it. */
  NamedState addTo(NamedState state) {
    Map<String, ParameterTable> tables = new TreeMap<>(state.tables());
    tables.put(NAME, days);
    return new NamedState(tables, state.arrays(), state.counters());
  }
}

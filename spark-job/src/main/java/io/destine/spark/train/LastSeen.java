package io.destine.spark.train;

import io.destine.config.Precision;
import io.destine.feature.EncodedBatch;
import io.destine.param.NamedState;
import io.destine.param.ParameterTable;
import io.destine.param.Parameters;
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
   * @param saved of the parent, or null
   * @param rows V
   * @param training the training rows
   */
  static LastSeen of(NamedState saved, int rows, LocalDate date, JavaRDD<EncodedBatch> training) {
    ParameterTable before = saved == null ? null : saved.tables().get(NAME);
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

  /**
   * Multiplies the embeddings, and first-order weights, of ids without a row for {@code afterDays}
   * days; returns how many.
   */
  int decay(Parameters parameters, int afterDays, double factor) {
    int decayed = 0;
    double[] day = new double[1];
    for (int id = 0; id < days.rows(); id++) {
      days.read(id, day, 0);
      if (today - day[0] >= afterDays) {
        multiply(parameters, parameters.embedding(), id, factor);
        if (parameters.wide() != null) {
          multiply(parameters, parameters.wide(), id, factor);
        }
        decayed++;
      }
    }
    parameters.changed();
    return decayed;
  }

  private static void multiply(Parameters parameters, ParameterTable table, int id, double factor) {
    double[] row = new double[table.width()];
    table.read(id, row, 0);
    for (int i = 0; i < row.length; i++) {
      row[i] = parameters.round(row[i] * factor);
    }
    table.write(id, row, 0);
  }

  /** A state to save, with these days in it. */
  NamedState addTo(NamedState state) {
    Map<String, ParameterTable> tables = new TreeMap<>(state.tables());
    tables.put(NAME, days);
    return new NamedState(tables, state.arrays(), state.counters());
  }
}

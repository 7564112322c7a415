package io.destine.spark.source;

import io.destine.feature.RawRecord;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;

/** The fields' values in a Spark row; reused for one row after the other, by one thread. */
public final class RowRecord implements RawRecord {
  private final int[] columns;
  private final SourceValues values;
  private Row row;

  /** A record whose field m is in column {@code columns[m]}. */
  public RowRecord(int[] columns, SourceValues values) {
    this.columns = columns.clone();
    this.values = values;
  }

  /** The indices of the columns with the given names. */
  public static int[] columns(List<String> names, List<String> rowColumns) {
    Map<String, Integer> places = new HashMap<>();
    for (int i = rowColumns.size() - 1; i >= 0; i--) {
      places.put(rowColumns.get(i), i);
    }
    int[] columns = names.stream().mapToInt(name -> places.getOrDefault(name, -1)).toArray();
    if (Arrays.stream(columns).anyMatch(c -> c < 0)) {
      throw new IllegalArgumentException("columns must be among " + rowColumns + ", got " + names);
    }
    return columns;
  }

  /** Sets this record to the given row and returns it. */
  public RowRecord of(Row next) {
    row = next;
    return this;
  }

  @Override
  public Object value(int m) {
    return values.of(row.get(columns[m]));
  }
}

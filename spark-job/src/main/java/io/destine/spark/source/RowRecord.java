package io.destine.spark.source;

import io.destine.feature.RawRecord;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Row;
import scala.collection.JavaConverters;

/** The fields' values in a Spark row; set to one row after the other by one thread. */
public final class RowRecord implements RawRecord {
  private final int[] columns;
  private Row row;

  /** Field m is in column {@code columns[m]}. */
  public RowRecord(int[] columns) {
    this.columns = columns.clone();
  }

  /** The columns of the given names in rows of the given kind. */
  public static int[] columns(List<String> names, List<String> rowColumns) {
    int[] columns = names.stream().mapToInt(rowColumns::indexOf).toArray();
    if (Arrays.stream(columns).anyMatch(c -> c < 0)) {
      throw new IllegalArgumentException("columns must be among " + rowColumns + ", got " + names);
    }
    return columns;
  }

  /** This record, now of the given row. */
  public RowRecord of(Row next) {
    row = next;
    return this;
  }

  @Override
  public Object value(int m) {
    return javaValue(row.get(columns[m]));
  }

  /** Lists of a row as Java lists, everything else as it is. */
  public static Object javaValue(Object value) {
    return value instanceof scala.collection.Seq<?> seq ? JavaConverters.seqAsJavaList(seq) : value;
  }
}

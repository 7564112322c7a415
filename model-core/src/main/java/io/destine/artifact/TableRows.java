package io.destine.artifact;

import io.destine.param.DoubleRowTable;
import io.destine.param.FloatRowTable;
import io.destine.param.RowTable;
import java.io.IOException;
import java.util.List;

/** Rows {@code first} up to, not including, {@code end} of a table; never copied whole. */
record TableRows(String name, RowTable table, int first, int end) implements TensorData {
  static DataType type(RowTable table) {
    return table instanceof FloatRowTable ? DataType.F32 : DataType.F64;
  }

  @Override
  public DataType type() {
    return type(table);
  }

  @Override
  public List<Long> shape() {
    return List.of((long) end - first, (long) table.width());
  }

  @Override
  public void write(TensorOutput out) throws IOException {
    for (int row = first; row < end; row = runEnd(row)) {
      int count = (runEnd(row) - row) * table.width();
      if (table instanceof FloatRowTable floats) {
        out.writeFloats(floats.chunk(row), floats.offset(row), count);
      } else if (table instanceof DoubleRowTable doubles) {
        out.writeDoubles(doubles.chunk(row), doubles.offset(row), count);
      }
    }
  }

  /** Fills the rows from a stream that {@link #write} wrote. */
  void read(TensorInput in) throws IOException {
    for (int row = first; row < end; row = runEnd(row)) {
      int count = (runEnd(row) - row) * table.width();
      if (table instanceof FloatRowTable floats) {
        in.readFloats(floats.chunk(row), floats.offset(row), count);
      } else if (table instanceof DoubleRowTable doubles) {
        in.readDoubles(doubles.chunk(row), doubles.offset(row), count);
      }
    }
  }

  /** End of the rows that lie in one array with the given one. */
  private int runEnd(int row) {
    return (int) Math.min(end, (row / RowTable.CHUNK_ROWS + 1L) * RowTable.CHUNK_ROWS);
  }
}

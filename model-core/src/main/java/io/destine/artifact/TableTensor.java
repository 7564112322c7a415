package io.destine.artifact;

import io.destine.config.Precision;
import io.destine.param.DoubleTable;
import io.destine.param.FloatTable;
import io.destine.param.ParameterTable;
import io.destine.param.TableView;
import java.io.IOException;
import java.util.List;

/** Rows {@code first} up to, not including, {@code end} of a table; never copied whole. */
record TableTensor(String name, TableView table, int first, int end) implements TensorData {
  /** Numbers that are copied at a time. */
  private static final int BLOCK = 1 << 13;

  static DataType type(TableView table) {
    return table.precision() == Precision.FLOAT32 ? DataType.F32 : DataType.F64;
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
    write(out, first, end);
  }

  /** Writes rows {@code from} up to, not including, {@code to}. */
  void write(TensorOutput out, int from, int to) throws IOException {
    int most = Math.min(blockRows(), to - from);
    ParameterTable block = ParameterTable.zeros(table.precision(), most, table.width());
    for (int row = from, n; row < to; row += n) {
      n = Math.min(most, to - row);
      table.copy(row, n, block, 0);
      if (block instanceof FloatTable floats) {
        out.writeFloats(floats.chunk(0), floats.offset(0), n * table.width());
      } else if (block instanceof DoubleTable doubles) {
        out.writeDoubles(doubles.chunk(0), doubles.offset(0), n * table.width());
      }
    }
  }

  /** Fills the rows from a stream that {@link #write} wrote. */
  void read(TensorInput in) throws IOException {
    if (table instanceof FloatTable floats) {
      float[] block = new float[blockRows() * table.width()];
      for (int row = first, n; row < end; row += n) {
        n = Math.min(blockRows(), end - row);
        in.readFloats(block, 0, n * table.width());
        floats.set(row, n, block);
      }
    } else if (table instanceof DoubleTable doubles) {
      for (int row = first; row < end; row = runEnd(row)) {
        int count = (runEnd(row) - row) * table.width();
        in.readDoubles(doubles.chunk(row), doubles.offset(row), count);
      }
    } else {
      throw new IllegalStateException("rows must be read into a table, got a view of one");
    }
  }

  /** Rows are copied in blocks: others may lie between them, or they are those of a snapshot. */
  int blockRows() {
    return Math.max(1, BLOCK / table.width());
  }

  /** End of the rows that lie in one array with the given one. */
  private int runEnd(int row) {
    return (int) Math.min(end, (row / ParameterTable.CHUNK_ROWS + 1L) * ParameterTable.CHUNK_ROWS);
  }
}

package io.destine.artifact;

import io.destine.param.ParameterTable;
import io.destine.param.TableView;
import java.io.IOException;
import java.util.List;

/** Rows {@code first} up to, not including, {@code end} of a table; never copied whole. */
record TableTensor(String name, TableView table, int first, int end) implements TensorData {
  /** Numbers copied at a time. */
  private static final int BLOCK = 1 << 13;

  static DataType type(TableView table) {
    return DataType.of(table.precision());
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
      out.write(type(), block.array(0), block.offset(0), n * table.width());
    }
  }

  /**
   * Fills the rows from a stream that {@link #write} wrote. The table grows as rows are read, up to
   * {@code end} rows.
   */
  void read(TensorInput in) throws IOException {
    if (!(table instanceof ParameterTable rows)) {
      throw new IllegalStateException("rows must be read into a table, got a view of one");
    }
    read(
        in,
        (row, n, block) -> {
          rows.growTo(grown(row + n));
          rows.set(row, n, block);
        });
  }

  /** Passes on the rows of a stream that {@link #write} wrote, block by block. */
  void read(TensorInput in, TableFile.Rows rows) throws IOException {
    Object block = type().array(blockRows() * table.width());
    for (int row = first, n; row < end; row += n) {
      n = Math.min(blockRows(), end - row);
      in.read(type(), block, 0, n * table.width());
      rows.take(row, n, block);
    }
  }

  /** The rows to which a table grows: twice the needed number, so that rows are rarely copied. */
  private int grown(int needed) {
    return needed <= table.rows() ? table.rows() : (int) Math.min(end, 2L * needed);
  }

  /** Rows copied at a time: they may not be contiguous, or may be rows of a snapshot. */
  int blockRows() {
    return Math.max(1, BLOCK / table.width());
  }
}

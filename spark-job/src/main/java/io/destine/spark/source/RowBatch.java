package io.destine.spark.source;

import java.util.Iterator;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/**
 * A batch of rows of a table, readable by column and by row. Valid until the iterator returns the
 * next batch. One thread.
 */
public final class RowBatch {
  private static final int MOST_ROWS = 512;
  private static final long MOST_BYTES = 4L << 20;

  private final ColumnVector[] columns;
  private final ColumnarBatch batch;
  private final InternalRow[] list;
  private final int rows;

  private RowBatch(ColumnVector[] columns, ColumnarBatch batch, InternalRow[] list, int rows) {
    this.columns = columns;
    this.batch = batch;
    this.list = list;
    this.rows = rows;
  }

  /** Number of rows of the batch. */
  public int rows() {
    return rows;
  }

  /** The values of a column, [rows]. */
  public ColumnVector column(int column) {
    return columns[column];
  }

  /** Row n; valid until another row of the batch is read. */
  public InternalRow row(int n) {
    return batch == null ? list[n] : batch.getRow(n);
  }

  /** A batch from Spark's reader. */
  static RowBatch of(ColumnarBatch batch) {
    ColumnVector[] columns = new ColumnVector[batch.numCols()];
    for (int c = 0; c < columns.length; c++) {
      columns[c] = batch.column(c);
    }
    return new RowBatch(columns, batch, null, batch.numRows());
  }

  /** Batches of copies of the given rows. */
  static Iterator<RowBatch> of(Iterator<InternalRow> rows, StructType schema) {
    InternalRow[] list = new InternalRow[MOST_ROWS];
    ColumnVector[] columns = new ColumnVector[schema.size()];
    for (int c = 0; c < columns.length; c++) {
      columns[c] = new ListedRows(list, c, schema.fields()[c].dataType());
    }
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public RowBatch next() {
        int count = 0;
        long bytes = 0;
        do {
          list[count] = rows.next().copy();
          bytes += list[count] instanceof UnsafeRow row ? row.getSizeInBytes() : 0;
          count++;
        } while (count < MOST_ROWS && bytes < MOST_BYTES && rows.hasNext());
        return new RowBatch(columns, null, list, count);
      }
    };
  }
}

package io.destine.spark.source;

import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.Decimal;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.sql.vectorized.ColumnarArray;
import org.apache.spark.sql.vectorized.ColumnarMap;
import org.apache.spark.unsafe.types.UTF8String;

/** A column of rows in a list. Values of nested types are read from the rows themselves. */
final class ListedRows extends ColumnVector {
  private final InternalRow[] rows;
  private final int column;

  ListedRows(InternalRow[] rows, int column, DataType type) {
    super(type);
    this.rows = rows;
    this.column = column;
  }

  @Override
  public void close() {
    // Nothing to free.
  }

  @Override
  public boolean hasNull() {
    return true;
  }

  @Override
  public int numNulls() {
    throw new UnsupportedOperationException("nulls are not counted");
  }

  @Override
  public boolean isNullAt(int n) {
    return rows[n].isNullAt(column);
  }

  @Override
  public boolean getBoolean(int n) {
    return rows[n].getBoolean(column);
  }

  @Override
  public byte getByte(int n) {
    return rows[n].getByte(column);
  }

  @Override
  public short getShort(int n) {
    return rows[n].getShort(column);
  }

  @Override
  public int getInt(int n) {
    return rows[n].getInt(column);
  }

  @Override
  public long getLong(int n) {
    return rows[n].getLong(column);
  }

  @Override
  public float getFloat(int n) {
    return rows[n].getFloat(column);
  }

  @Override
  public double getDouble(int n) {
    return rows[n].getDouble(column);
  }

  @Override
  public Decimal getDecimal(int n, int precision, int scale) {
    return rows[n].getDecimal(column, precision, scale);
  }

  @Override
  public UTF8String getUTF8String(int n) {
    return rows[n].getUTF8String(column);
  }

  @Override
  public byte[] getBinary(int n) {
    return rows[n].getBinary(column);
  }

  @Override
  public ColumnarArray getArray(int n) {
    throw nested();
  }

  @Override
  public ColumnarMap getMap(int n) {
    throw nested();
  }

  @Override
  public ColumnVector getChild(int ordinal) {
    throw nested();
  }

  private static UnsupportedOperationException nested() {
    return new UnsupportedOperationException("values of nested types are read from their rows");
  }
}

package io.destine.param;

import io.destine.config.Precision;
import java.util.Arrays;

/** A {@link ParameterTable} of doubles, whose chunks kernels read in place. */
public final class DoubleTable extends ParameterTable {
  /** Numbers of a cache line. */
  private static final int LINE = 8;

  private final int bits;
  private final int place;
  private double[][] chunks = {};

  DoubleTable(int width) {
    super(width);
    bits = chunkBits(width);
    place = (1 << bits) - 1;
  }

  /** The chunk that holds a row, shared; the row starts at {@link #offset}. */
  public double[] chunk(int row) {
    return chunks[row >>> bits];
  }

  @Override
  public Object array(int row) {
    return chunk(row);
  }

  @Override
  public int offset(int row) {
    return (row & place) * width();
  }

  @Override
  public Precision precision() {
    return Precision.FLOAT64;
  }

  @Override
  void resizeChunks(int newRows) {
    int old = chunks.length;
    chunks = Arrays.copyOf(chunks, chunksFor(newRows, bits));
    for (int c = Math.max(0, old - 1); c < chunks.length; c++) {
      int length = Math.multiplyExact(rowsOfChunk(c, newRows, bits), width());
      chunks[c] = chunks[c] == null ? new double[length] : Arrays.copyOf(chunks[c], length);
    }
  }

  @Override
  public void read(int row, double[] into, int at) {
    System.arraycopy(chunk(row), offset(row), into, at, width());
  }

  @Override
  public void write(int row, double[] from, int at) {
    System.arraycopy(from, at, chunk(row), offset(row), width());
  }

  @Override
  public double touch(int[] rows, int from, int n) {
    double sum = 0;
    int middle = width() / 2;
    int last = width() - 1;
    for (int k = 0; k < n; k++) {
      double[] chunk = chunk(rows[from + k]);
      int offset = offset(rows[from + k]);
      sum += chunk[offset] + chunk[offset + middle] + chunk[offset + last];
      for (int i = LINE; i < middle; i += LINE) {
        sum += chunk[offset + i] + chunk[offset + middle + i];
      }
    }
    return sum;
  }
}

package io.destine.param;

import io.destine.config.Precision;
import java.util.Arrays;

/** A {@link ParameterTable} of doubles, whose pages kernels read in place. */
public final class DoubleTable extends ParameterTable {
  /** Numbers of a cache line. */
  private static final int LINE = 8;

  private final int bits;
  private final int place;
  private double[][] pages = {};

  DoubleTable(int width) {
    super(width);
    bits = pageBits(width);
    place = (1 << bits) - 1;
  }

  /** The page that contains a row, shared; the row starts at {@link #offset}. */
  public double[] page(int row) {
    return pages[row >>> bits];
  }

  @Override
  public Object array(int row) {
    return page(row);
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
  void resizePages(int newRows) {
    int old = pages.length;
    pages = Arrays.copyOf(pages, pagesFor(newRows, bits));
    for (int c = Math.max(0, old - 1); c < pages.length; c++) {
      int length = Math.multiplyExact(rowsOfPage(c, newRows, bits), width());
      pages[c] = pages[c] == null ? new double[length] : Arrays.copyOf(pages[c], length);
    }
  }

  @Override
  public void read(int row, double[] into, int at) {
    System.arraycopy(page(row), offset(row), into, at, width());
  }

  @Override
  public void write(int row, double[] from, int at) {
    System.arraycopy(from, at, page(row), offset(row), width());
  }

  @Override
  public double touch(int[] rows, int from, int n) {
    double sum = 0;
    int middle = width() / 2;
    int last = width() - 1;
    for (int k = 0; k < n; k++) {
      double[] page = page(rows[from + k]);
      int offset = offset(rows[from + k]);
      sum += page[offset] + page[offset + middle] + page[offset + last];
      for (int i = LINE; i < middle; i += LINE) {
        sum += page[offset + i] + page[offset + middle + i];
      }
    }
    return sum;
  }
}

package io.destine.param;

import io.destine.config.Precision;
import io.destine.numeric.Conversions;
import java.util.Arrays;

/** A {@link ParameterTable} of floats, whose pages kernels read in place. */
public final class FloatTable extends ParameterTable {
  /** Numbers of a cache line. */
  private static final int LINE = 16;

  /** Size of an array's header, in numbers. */
  private static final int HEAD = 4;

  /** Maximum numbers of a page that several tables share. */
  private static final long MOST_SHARED = 1 << 30;

  /** The pages of one table, or of several tables with interleaved rows. */
  private static final class Pages {
    private final int stride;
    private final int bits;

    /** Bits of a row's number that are its index in the page. */
    private final int place;

    /**
     * Unused numbers before the first row of a page, which align rows to cache lines if the garbage
     * collector aligns large arrays, as it does for arrays in separate regions. Fewer lines are
     * then fetched for a row. Without this alignment only speed is lost.
     */
    private final int unused;

    private float[][] arrays = {};
    private int rows;

    Pages(int stride) {
      this.stride = stride;
      bits = pageBits(stride);
      place = (1 << bits) - 1;
      unused = stride % LINE == 0 ? LINE - HEAD : 0;
    }

    float[] array(int rows) {
      return new float[length(rows)];
    }

    private int length(int rows) {
      return unused + Math.multiplyExact(rows, stride);
    }

    void growTo(int newRows) {
      if (newRows <= rows) {
        return;
      }
      int old = arrays.length;
      arrays = Arrays.copyOf(arrays, pagesFor(newRows, bits));
      for (int c = Math.max(0, old - 1); c < arrays.length; c++) {
        int n = rowsOfPage(c, newRows, bits);
        arrays[c] = arrays[c] == null ? array(n) : Arrays.copyOf(arrays[c], length(n));
      }
      rows = newRows;
    }
  }

  private Pages pages;
  private int column;

  FloatTable(int width) {
    this(width, new Pages(width), 0);
  }

  private FloatTable(int width, Pages pages, int column) {
    super(width);
    this.pages = pages;
    this.column = column;
  }

  /**
   * The page that contains a row, shared; the row starts at {@link #offset}. There may be rows of
   * other tables between one row and the next.
   */
  public float[] page(int row) {
    return pages.arrays[row >>> pages.bits];
  }

  @Override
  public Object array(int row) {
    return page(row);
  }

  @Override
  public int offset(int row) {
    return pages.unused + column + (row & pages.place) * pages.stride;
  }

  @Override
  public ParameterTable[] beside(int n) {
    long stride = (n + 1L) * width();
    if (n == 0 || stride * PAGE_ROWS > MOST_SHARED) {
      return super.beside(n);
    }
    moveTo(new Pages((int) stride));
    ParameterTable[] tables = new ParameterTable[n];
    for (int t = 0; t < n; t++) {
      tables[t] = new FloatTable(width(), pages, (t + 1) * width());
      tables[t].growTo(rows());
    }
    return tables;
  }

  @Override
  public boolean isBeside(ParameterTable other) {
    return other instanceof FloatTable table && table.pages == pages;
  }

  /** Moves rows to larger pages with the same number of rows, one page after the other. */
  private void moveTo(Pages roomy) {
    int width = width();
    roomy.arrays = new float[pages.arrays.length][];
    roomy.rows = rows();
    for (int c = 0; c < roomy.arrays.length; c++) {
      int n = rowsOfPage(c, rows(), pages.bits);
      float[] from = pages.arrays[c];
      float[] to = roomy.array(n);
      for (int r = 0; r < n; r++) {
        System.arraycopy(
            from,
            pages.unused + column + r * pages.stride,
            to,
            roomy.unused + r * roomy.stride,
            width);
      }
      roomy.arrays[c] = to;
      if (pages.stride == width) {
        pages.arrays[c] = null;
      }
    }
    pages = roomy;
    column = 0;
  }

  /** Copies {@code n} rows, {@code rows[from]} and following, to the start of {@code into}. */
  public void copy(int[] rows, int from, int n, float[] into) {
    int width = width();
    for (int k = 0; k < n; k++) {
      int row = rows[from + k];
      System.arraycopy(page(row), offset(row), into, k * width, width);
    }
  }

  @Override
  public Precision precision() {
    return Precision.FLOAT32;
  }

  @Override
  void resizePages(int newRows) {
    pages.growTo(newRows);
  }

  @Override
  public void read(int row, double[] into, int at) {
    float[] page = page(row);
    int offset = offset(row);
    for (int i = 0; i < width(); i++) {
      into[at + i] = page[offset + i];
    }
  }

  @Override
  public void write(int row, double[] from, int at) {
    float[] page = page(row);
    int offset = offset(row);
    for (int i = 0; i < width(); i++) {
      page[offset + i] = (float) from[at + i];
    }
  }

  @Override
  public void read(int[] rows, int from, int n, double[] into) {
    int width = width();
    for (int k = 0; k < n; k++) {
      int row = rows[from + k];
      Conversions.BEST.widen(page(row), offset(row), into, k * width, width);
    }
  }

  @Override
  public void write(int[] rows, int from, int n, double[] values) {
    int width = width();
    for (int k = 0; k < n; k++) {
      int row = rows[from + k];
      Conversions.BEST.narrow(values, k * width, page(row), offset(row), width);
    }
  }

  /** Like {@link #touch}, but without the adjacent rows of other tables. */
  public double touchRows(int[] rows, int from, int n) {
    int last = column + width() - 1;
    float sum = 0;
    for (int i = column; i <= last; i += 3 * LINE) {
      sum +=
          touchThree(
              rows,
              from,
              n,
              i - column,
              Math.min(i + LINE, last) - column,
              Math.min(i + 2 * LINE, last) - column);
    }
    return sum;
  }

  @Override
  public double touch(int[] rows, int from, int n) {
    int last = pages.stride - 1;
    int lines = pages.stride % LINE == 0 ? pages.stride / LINE : pages.stride / LINE + 2;
    float sum = 0;
    for (int i = 0; i < lines * LINE; i += 3 * LINE) {
      int a = Math.min(i, last);
      int b = Math.min(i + LINE, last);
      int c = Math.min(i + 2 * LINE, last);
      sum += touchThree(rows, from, n, a - column, b - column, c - column);
    }
    return sum;
  }

  /**
   * The sum of three numbers, relative to a row's start, of each of {@code n} rows. Cache lines of
   * a row that are requested together arrive together; requesting them one after the other takes
   * twice as long. There is no inner loop, since with few instructions per line the processor can
   * look far ahead.
   */
  private float touchThree(int[] rows, int from, int n, int a, int b, int c) {
    float first = 0;
    float second = 0;
    float third = 0;
    for (int k = from; k < from + n; k++) {
      float[] page = page(rows[k]);
      int offset = offset(rows[k]);
      first += page[offset + a];
      second += page[offset + b];
      third += page[offset + c];
    }
    return first + second + third;
  }
}

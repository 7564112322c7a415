package io.destine.param;

import io.destine.config.Precision;
import java.util.BitSet;

/**
 * A table of V rows of a fixed width, such as the embeddings [V, d] or an optimiser's state for
 * them, in pages of {@value #PAGE_ROWS} rows, fewer for very wide ones, so that it can exceed 2^31
 * numbers and grow without a copy of the whole table. Numbers are float32 or float64; access by row
 * is in double in both cases.
 *
 * <p>Threads may read and write different rows concurrently, but not during {@link #growTo}.
 */
public abstract sealed class ParameterTable implements TableView permits FloatTable, DoubleTable {
  /**
   * Pages are large, since G1 allocates whole regions for an array of more than half a region, and
   * the rest of the last region is wasted.
   */
  private static final int PAGE_BITS = 20;

  /** Rows of a page, if their numbers fit in an array. */
  static final int PAGE_ROWS = 1 << PAGE_BITS;

  private final int width;
  private int rows;

  ParameterTable(int width) {
    if (width < 1) {
      throw new IllegalArgumentException("width must be at least 1, got " + width);
    }
    this.width = width;
  }

  /** A table of zeros. */
  public static ParameterTable zeros(Precision precision, int rows, int width) {
    ParameterTable table =
        precision == Precision.FLOAT32 ? new FloatTable(width) : new DoubleTable(width);
    table.growTo(rows);
    return table;
  }

  @Override
  public final int width() {
    return width;
  }

  @Override
  public final int rows() {
    return rows;
  }

  /**
   * Appends rows of zeros until there are {@code newRows} rows; does nothing if there are enough
   * already.
   */
  public final void growTo(int newRows) {
    if (newRows > rows) {
      resizePages(newRows);
      rows = newRows;
    }
  }

  /**
   * Tables of zeros of the same size, for numbers that belong to each row. If the precision and the
   * width allow it, their rows are interleaved with this table's rows, which are moved for this
   * purpose, so that rows used together are fetched together. The table must not be used during the
   * call.
   */
  public ParameterTable[] beside(int n) {
    ParameterTable[] tables = new ParameterTable[n];
    for (int t = 0; t < n; t++) {
      tables[t] = zeros(precision(), rows, width);
    }
    return tables;
  }

  /**
   * 2 to this power is the number of rows of a page, so that with {@code stride} numbers each they
   * fit in an array.
   */
  static int pageBits(int stride) {
    int bitsOfStride = Integer.SIZE - Integer.numberOfLeadingZeros(stride);
    return Math.min(PAGE_BITS, Integer.SIZE - 1 - bitsOfStride);
  }

  /** Rows in page {@code c} of a table of {@code rows} rows. */
  static int rowsOfPage(int c, int rows, int bits) {
    return Math.min(1 << bits, rows - (c << bits));
  }

  static int pagesFor(int rows, int bits) {
    return (int) (((long) rows + (1 << bits) - 1) >>> bits);
  }

  abstract void resizePages(int newRows);

  /** The array of a row, float[] or double[], shared; the row starts at {@link #offset}. */
  public abstract Object array(int row);

  /** The index of a row's first number in its {@link #array}. */
  public abstract int offset(int row);

  @Override
  public final void copy(int first, int n, ParameterTable into, int at) {
    for (int k = 0; k < n; k++) {
      System.arraycopy(
          array(first + k), offset(first + k), into.array(at + k), into.offset(at + k), width);
    }
  }

  /**
   * Sets {@code n} rows from {@code first} on.
   *
   * @param from float[] or double[], by the precision, of consecutive numbers
   */
  public final void set(int first, int n, Object from) {
    for (int k = 0; k < n; k++) {
      System.arraycopy(from, k * width, array(first + k), offset(first + k), width);
    }
  }

  /** Multiplies some rows, each number rounded to the table's precision. */
  final void multiply(BitSet some, double factor) {
    double[] row = new double[width];
    for (int at = some.nextSetBit(0); at >= 0; at = some.nextSetBit(at + 1)) {
      read(at, row, 0);
      for (int i = 0; i < width; i++) {
        row[i] *= factor;
      }
      write(at, row, 0);
    }
  }

  /** The rows of a table of width 1 whose number is at most {@code most}. */
  public final BitSet rowsUpTo(double most) {
    BitSet found = new BitSet(rows());
    double[] number = new double[width];
    for (int at = 0; at < rows(); at++) {
      read(at, number, 0);
      found.set(at, number[0] <= most);
    }
    return found;
  }

  /** Copies a row to {@code into}, starting at {@code at}. */
  public abstract void read(int row, double[] into, int at);

  /**
   * Sets a row from {@code from}, starting at {@code at}, each number rounded to the table's
   * precision.
   */
  public abstract void write(int row, double[] from, int at);

  /**
   * Copies {@code n} rows, {@code rows[from]} and following, one after the other to the start of
   * {@code into}.
   */
  public void read(int[] rows, int from, int n, double[] into) {
    for (int k = 0; k < n; k++) {
      read(rows[from + k], into, k * width);
    }
  }

  /**
   * Sets {@code n} distinct rows, {@code rows[from]} and following, from consecutive numbers at the
   * start of {@code values}, each rounded to the table's precision.
   */
  public void write(int[] rows, int from, int n, double[] values) {
    for (int k = 0; k < n; k++) {
      write(rows[from + k], values, k * width);
    }
  }

  /** Whether the other table's rows are interleaved with this table's, see {@link #beside}. */
  public boolean isBeside(ParameterTable other) {
    return false;
  }

  /**
   * Reads a number of every cache line of {@code n} rows and of the rows interleaved with them, so
   * that they are fetched from memory in parallel before they are used one by one.
   *
   * @return their sum, whose only purpose is to prevent the reads from being optimised away
   */
  public abstract double touch(int[] rows, int from, int n);

  /** Copies the values of a table of the same size. */
  public final void set(ParameterTable other) {
    double[] row = new double[width];
    for (int r = 0; r < rows; r++) {
      other.read(r, row, 0);
      write(r, row, 0);
    }
  }
}

package io.destine.param;

import io.destine.config.Precision;
import io.destine.numeric.Conversions;
import java.util.Arrays;

/** A {@link ParameterTable} of floats, whose chunks kernels read in place. */
public final class FloatTable extends ParameterTable {
  /** Numbers of a cache line. */
  private static final int LINE = 16;

  /** Numbers that would fit an array's head. */
  private static final int HEAD = 4;

  /** Longest chunk that several tables may share. */
  private static final long MOST_SHARED = 1 << 30;

  /** The chunks of one table, or of several whose rows lie beside one another. */
  private static final class Chunks {
    private final int stride;
    private final int bits;

    /** Bits of a row's number that are its place in the chunk. */
    private final int place;

    /**
     * Unused numbers before the first row of a chunk. Rows of whole cache lines then begin where
     * lines do, provided the collector places large arrays at the start of lines, as it does with
     * regions of their own: half as many lines to fetch for a row. Where it does not, only speed is
     * lost.
     */
    private final int unused;

    private float[][] arrays = {};
    private int rows;

    Chunks(int stride) {
      this.stride = stride;
      bits = chunkBits(stride);
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
      arrays = Arrays.copyOf(arrays, chunksFor(newRows, bits));
      for (int c = Math.max(0, old - 1); c < arrays.length; c++) {
        int n = rowsOfChunk(c, newRows, bits);
        arrays[c] = arrays[c] == null ? array(n) : Arrays.copyOf(arrays[c], length(n));
      }
      rows = newRows;
    }
  }

  private Chunks chunks;
  private int column;

  FloatTable(int width) {
    this(width, new Chunks(width), 0);
  }

  private FloatTable(int width, Chunks chunks, int column) {
    super(width);
    this.chunks = chunks;
    this.column = column;
  }

  /**
   * The chunk that holds a row, shared; the row starts at {@link #offset}. Rows of other tables may
   * lie between one row and the next.
   */
  public float[] chunk(int row) {
    return chunks.arrays[row >>> chunks.bits];
  }

  @Override
  public Object array(int row) {
    return chunk(row);
  }

  @Override
  public int offset(int row) {
    return chunks.unused + column + (row & chunks.place) * chunks.stride;
  }

  @Override
  public ParameterTable[] beside(int n) {
    long stride = (n + 1L) * width();
    if (n == 0 || stride * CHUNK_ROWS > MOST_SHARED) {
      return super.beside(n);
    }
    moveTo(new Chunks((int) stride));
    ParameterTable[] tables = new ParameterTable[n];
    for (int t = 0; t < n; t++) {
      tables[t] = new FloatTable(width(), chunks, (t + 1) * width());
      tables[t].growTo(rows());
    }
    return tables;
  }

  @Override
  public boolean isBeside(ParameterTable other) {
    return other instanceof FloatTable table && table.chunks == chunks;
  }

  /** Moves rows to chunks of more room and as many rows, one chunk after the other. */
  private void moveTo(Chunks roomy) {
    int width = width();
    roomy.arrays = new float[chunks.arrays.length][];
    roomy.rows = rows();
    for (int c = 0; c < roomy.arrays.length; c++) {
      int n = rowsOfChunk(c, rows(), chunks.bits);
      float[] from = chunks.arrays[c];
      float[] to = roomy.array(n);
      for (int r = 0; r < n; r++) {
        System.arraycopy(
            from,
            chunks.unused + column + r * chunks.stride,
            to,
            roomy.unused + r * roomy.stride,
            width);
      }
      roomy.arrays[c] = to;
      if (chunks.stride == width) {
        chunks.arrays[c] = null;
      }
    }
    chunks = roomy;
    column = 0;
  }

  /** Copies {@code n} rows, {@code rows[from]} and following, to the start of {@code into}. */
  public void copy(int[] rows, int from, int n, float[] into) {
    int width = width();
    for (int k = 0; k < n; k++) {
      int row = rows[from + k];
      System.arraycopy(chunk(row), offset(row), into, k * width, width);
    }
  }

  @Override
  public Precision precision() {
    return Precision.FLOAT32;
  }

  @Override
  void resizeChunks(int newRows) {
    chunks.growTo(newRows);
  }

  @Override
  public void read(int row, double[] into, int at) {
    float[] chunk = chunk(row);
    int offset = offset(row);
    for (int i = 0; i < width(); i++) {
      into[at + i] = chunk[offset + i];
    }
  }

  @Override
  public void write(int row, double[] from, int at) {
    float[] chunk = chunk(row);
    int offset = offset(row);
    for (int i = 0; i < width(); i++) {
      chunk[offset + i] = (float) from[at + i];
    }
  }

  @Override
  public void read(int[] rows, int from, int n, double[] into) {
    int width = width();
    for (int k = 0; k < n; k++) {
      int row = rows[from + k];
      Conversions.BEST.widen(chunk(row), offset(row), into, k * width, width);
    }
  }

  @Override
  public void write(int[] rows, int from, int n, double[] values) {
    int width = width();
    for (int k = 0; k < n; k++) {
      int row = rows[from + k];
      Conversions.BEST.narrow(values, k * width, chunk(row), offset(row), width);
    }
  }

  /** As {@link #touch}, but not what lies beside the rows. */
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
    int last = chunks.stride - 1;
    int lines = chunks.stride % LINE == 0 ? chunks.stride / LINE : chunks.stride / LINE + 2;
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
   * The sum of three numbers, from a row's start, of each of {@code n} rows. Lines of a row that
   * are asked for together arrive together: one after the other takes twice as long. There is no
   * loop inside, because few instructions a line let the processor look far ahead.
   */
  private float touchThree(int[] rows, int from, int n, int a, int b, int c) {
    float first = 0;
    float second = 0;
    float third = 0;
    for (int k = from; k < from + n; k++) {
      float[] chunk = chunk(rows[k]);
      int offset = offset(rows[k]);
      first += chunk[offset + a];
      second += chunk[offset + b];
      third += chunk[offset + c];
    }
    return first + second + third;
  }
}

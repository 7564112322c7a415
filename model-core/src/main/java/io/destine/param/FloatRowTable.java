package io.destine.param;

import java.util.Arrays;

/** A {@link RowTable} of floats, whose chunks kernels read in place. */
public final class FloatRowTable extends RowTable {
  /** Numbers of a cache line. */
  private static final int LINE = 16;

  /** Numbers that would fit an array's head. */
  private static final int HEAD = 4;

  /**
   * Unused numbers before the first row of a chunk. Rows of whole cache lines then begin where
   * lines do, provided the collector places large arrays at the start of lines, as it does with
   * regions of their own: half as many lines to fetch for a row. Where it does not, only speed is
   * lost.
   */
  private final int unused;

  private float[][] chunks = {};

  FloatRowTable(int width) {
    super(width);
    unused = width % LINE == 0 ? LINE - HEAD : 0;
  }

  /** The chunk that holds a row, shared; the row starts at {@link #offset}. */
  public float[] chunk(int row) {
    return chunks[row >>> CHUNK_BITS];
  }

  /** Where a row starts in its chunk. */
  public int offset(int row) {
    return unused + (row & (CHUNK_ROWS - 1)) * width();
  }

  /** Copies the rows of the given ids to {@code into}, one after the other. */
  public void gather(int[] ids, float[] into) {
    int width = width();
    for (int i = 0; i < ids.length; i++) {
      System.arraycopy(chunk(ids[i]), offset(ids[i]), into, i * width, width);
    }
  }

  @Override
  void resizeChunks(int newRows) {
    int old = chunks.length;
    chunks = Arrays.copyOf(chunks, chunksFor(newRows));
    for (int c = Math.max(0, old - 1); c < chunks.length; c++) {
      int length = unused + Math.multiplyExact(rowsOfChunk(c, newRows), width());
      chunks[c] = chunks[c] == null ? new float[length] : Arrays.copyOf(chunks[c], length);
    }
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
      float[] chunk = chunk(rows[from + k]);
      int offset = offset(rows[from + k]);
      int at = k * width;
      for (int i = 0; i < width; i++) {
        into[at + i] = chunk[offset + i];
      }
    }
  }

  @Override
  public void write(int[] rows, int from, int n, double[] values) {
    int width = width();
    for (int k = 0; k < n; k++) {
      float[] chunk = chunk(rows[from + k]);
      int offset = offset(rows[from + k]);
      int at = k * width;
      for (int i = 0; i < width; i++) {
        chunk[offset + i] = (float) values[at + i];
      }
    }
  }

  @Override
  public double touch(int[] rows, int from, int n) {
    float sum = 0;
    int middle = width() / 2;
    int last = width() - 1;
    for (int k = 0; k < n; k++) {
      float[] chunk = chunk(rows[from + k]);
      int offset = offset(rows[from + k]);
      sum += chunk[offset] + chunk[offset + middle] + chunk[offset + last];
      for (int i = LINE; i < middle; i += LINE) {
        sum += chunk[offset + i] + chunk[offset + middle + i];
      }
    }
    return sum;
  }
}
